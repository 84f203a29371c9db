"""From URLs to articles, copies and stories. No SQL, no rules, no alerts."""
