"""Messages as files: whole, once, never over another."""

from __future__ import annotations

import asyncio

from alerts.file import FileNotifier
from alerts.notify import Tools
from tests.builders import NOON, a_message
from wirewatch.model import FileChannel, Owed


def owed(message, attempt=1, *, redelivery=False):
    return Owed(1, message, attempt, redelivery)


def a_mail_of_both_kinds(text="Words"):
    from email.message import EmailMessage
    from email.policy import SMTP

    mail = EmailMessage(policy=SMTP)
    mail["Subject"], mail["To"], mail["Message-ID"] = "s", "a@example.org", "<m@example.org>"
    mail.set_content(text)
    mail.add_alternative(f"<p>{text}</p>", subtype="html")
    return mail.as_bytes()


def to_file(folder, *messages, echo=None):
    async def run():
        notifier = FileNotifier(FileChannel("out", folder=folder), Tools(echo=echo))
        return [await notifier.send(owed(each), now=NOON) for each in messages]

    return asyncio.run(run())


def test_a_message_becomes_three_files_and_a_line(tmp_path):
    lines = []
    message = a_message(payload=a_mail_of_both_kinds("Ünïcode"), subject="Three\x1b[31m strikes")
    (sent,) = to_file(tmp_path / "out", message, echo=lines.append)
    files = sorted((tmp_path / "out").iterdir())
    assert sent.ok
    assert [file.suffix for file in files] == [".eml", ".html", ".txt"]
    assert "<p>Ünïcode</p>" in files[1].read_text("utf-8")
    assert files[0].read_bytes() == message.payload
    assert len(lines) == 1
    assert "\x1b" not in lines[0]


def test_sending_again_changes_nothing_and_other_content_replaces_nothing(tmp_path):
    message = a_message(payload=a_mail_of_both_kinds())
    to_file(tmp_path, message, message)
    assert len(list(tmp_path.iterdir())) == 3
    to_file(tmp_path, a_message(payload=a_mail_of_both_kinds("Other words")))
    texts = {file.read_text("utf-8").strip() for file in tmp_path.glob("*.txt")}
    assert texts == {"Words", "Other words"}


def test_a_folder_that_cannot_be_made_is_a_failure_not_a_crash(tmp_path):
    (tmp_path / "file").write_text("in the way")
    (failed,) = to_file(tmp_path / "file" / "out", a_message())
    assert not failed.ok
    assert not failed.permanent
