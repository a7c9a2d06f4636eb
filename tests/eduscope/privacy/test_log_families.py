"""Lines as well-known programs write them: what is between « and » is found, and no number beside it."""

import re

import pytest

from eduscope.privacy import find, redact

LINES = [
    "combo sshd(pam_unix)[30530]: authentication failure; logname= uid=0 tty=NODEVssh rhost=«192.0.2.110»  user=«root»",
    "combo su(pam_unix)[2605]: session opened for user «news» by (uid=0)",
    "sshd[17]: Connection closed by authenticating user «ada» «192.0.2.7» port 4040 [preauth]",
    "sudo:      «m_garcia» : TTY=pts/0 ; PWD=/srv/app ; USER=«root» ; COMMAND=/usr/bin/systemctl restart nginx",
    "sudo: pam_unix(sudo:session): session opened for user «root»(uid=0) by «ada»(uid=1000)",
    'vsftpd: Tue Jan 12 10:11:12 2026 [pid 266] [«student042»] OK LOGIN: Client "::ffff:«192.0.2.9»"',
    "kernel: [12345.678901] IN=eth0 MAC=00:1a:2b:3c:4d:5e:00:1b:2c:3d:4e:5f:08:00 SRC=«192.0.2.1» DST=«198.51.100.4»",
    "kernel: BIOS-e820: 0000000000000000 - 00000000000a0000 (usable), traps: ip:7f3a5c0d1e20 sp:7ffc12ab34d0",
    "mDNSResponder[91]: Frequent transitions for interface awdl0 («FE80:0000:0000:0000:D8A5:90FF:FEF5:7FFF»)",
    "kernel[0]: ARPT: 621131.293163: wl0: Roamed, bssid 5c:50:15:4c:18:13, Seq: 3226706533, Ack: 3871687177",
    "WindowManager: wtoken = AppWindowToken{9dfb0f0 token=Token{3daa2d6 ActivityRecord{2b8f39e u0 t761}}}",
    "PowerManagerService: acquire lock=233570404, flags=0x1, uid=10037, pid=2227, when 1458202560000",
    "tls: bad certificate serial=B7:80:28:C5:88:F0:5F:37 wwpn 50:00:c3:ce:72:a4:0c:19",
    "- 1131566461 2005.11.09 dn228 crond[2916]: («root») CMD (run-parts /etc/cron.hourly)",
    '«192.0.2.4» - «jdoe» [23/Nov/2026:12:11:12 +0000] "GET /admin/ HTTP/2.0" 401 574 "-" "curl/7.68.0"',
    '«2001:db8:5::9» - - [23/Nov/2026:12:11:12 +0000] "GET / HTTP/1.1" 200 5 "-" "Chrome/130.0.0.0 Safari/537.36"',
    'INFO:     [«2001:db8:0:2::17»]:53124 - "POST /api/quiz HTTP/1.1" 201 Created',
    '2026/11/23 10:11:12 [error] 17#17: *9 user "«jdoe»": password mismatch, client: «192.0.2.4», server: _',
    '2026-11-23 10:11:12.123 UTC [17] «ada»@courses FATAL:  password authentication failed for user "«ada»"',
    "DETAIL:  Key (username)=(«ada») already exists.",
    "LOG:  checkpoint complete: wrote 4123 buffers (0.3%); write=4.123 s, lsn=0/3B2F1A8, redo lsn=0/3B2F1A8",
    "[Note] Access denied for user '«ada»'@'«192.0.2.4»' (using password: YES)",
    "WARN session 5f1c closed after 651174681 ms from /«2001:db8:439d:4402:c2a:dfdd:a07a:ada»:14543",
    "[GC (Allocation Failure) 3145728K->1048576K(4194304K), 0.0304412 secs] [Times: user=0.05 sys=0.00]",
    "Task tutor.tasks.grade[6ba7b810-9dad-41d1-80b4-00c04fd430c8] succeeded in 0.0304412s: None",
    "curl -u «ada:s3cret-77» https://example.org, bind cn=«Ada Lovelace»,ou=people,dc=example",
]  # fmt: skip
MARKED = re.compile("«([^»]*)»")


@pytest.mark.parametrize("line", LINES)
def test_what_is_marked_is_found_and_nothing_else(line: str) -> None:
    text = MARKED.sub(r"\1", line)
    assert [text[s.start : s.end] for s in find(text, "message")] == MARKED.findall(line)
    assert redact(redact(text)) == redact(text)
