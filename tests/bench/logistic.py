"""Logistic regression by Newton's method, for a few features and some ten thousand rows."""

from __future__ import annotations

import math

from ingest.stories import probability


def logistic(
    rows: list[tuple], *, ridge: float = 1.0, steps: int = 12
) -> tuple[list[float], float]:
    """Return (weights, bias) of a ridge-regularised logistic regression, by Newton's method."""
    width = len(rows[0][0]) + 1
    beta = [0.0] * width
    for _ in range(steps):
        gradient = [0.0] * width
        hessian = [[0.0] * width for _ in range(width)]
        for values, y, weight in rows:
            x = (*values, 1.0)
            p = probability(sum([b * v for b, v in zip(beta, x, strict=True)]))
            miss, bend = weight * (y - p), weight * max(p * (1 - p), 1e-6)
            for i, v in enumerate(x):
                if v:
                    gradient[i] += miss * v
                    row, scaled = hessian[i], bend * v
                    for j in range(i + 1):
                        row[j] += scaled * x[j]
        for i in range(width - 1):
            gradient[i] -= ridge * beta[i]
            hessian[i][i] += ridge
        step = solve(hessian, gradient)
        beta = [b + s for b, s in zip(beta, step, strict=True)]
        if max(map(abs, step)) < 1e-4:
            break
    return beta[:-1], beta[-1]


def solve(lower: list[list[float]], right: list[float]) -> list[float]:
    """Solve a symmetric positive definite system given by its lower triangle (Cholesky)."""
    n = len(right)
    c = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = lower[i][j] - sum(c[i][k] * c[j][k] for k in range(j))
            c[i][j] = math.sqrt(max(rest, 1e-12)) if i == j else rest / c[j][j]
    y: list[float] = []
    for i in range(n):
        y.append((right[i] - sum(c[i][k] * y[k] for k in range(i))) / c[i][i])
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (y[i] - sum(c[k][i] * x[k] for k in range(i + 1, n))) / c[i][i]
    return x
