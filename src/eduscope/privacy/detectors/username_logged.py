"""User names in the lines of well-known programs: sudo, cron, PAM, su, FTP, mail, access logs, PostgreSQL, LDAP.

Each writes a name without a word before it, but always beside the same other words.
"""

import re

from eduscope.privacy.detector import Detector, Range, ascii_pattern
from eduscope.privacy.detectors.ipv4 import HOSTS
from eduscope.privacy.framing import START
from eduscope.privacy.names import mentioned
from eduscope.privacy.signs import Sign

RANK = 72

_LONGEST = 64
_NAME = rf"(?P<value>[A-Za-z0-9_](?:[\w.$-]{{0,{_LONGEST - 2}}}[\w$])?)"
_REPLACED = rf"[\w.$\[\]-]{{1,{_LONGEST}}}"  # perhaps, by a marker
_BEFORE = r"(?<![\w.+$@/-])"
_WHOLE_REACH = _LONGEST + 8

_SUDO = (
    r"TTY=|PWD=|user NOT in sudoers|[0-9]{1,2} incorrect password|command not allowed|a password is required"
)
_CRON = r"CMD|CMDOUT|CMDEND|RELOAD|LIST|REPLACE|BEGIN EDIT|END EDIT"
_FTP = r"LOGIN|DOWNLOAD|UPLOAD|MKDIR|RMDIR|DELETE|RENAME"
_LEVELS = r"LOG|FATAL|ERROR|PANIC|WARNING|NOTICE|DETAIL|HINT|STATEMENT|CONTEXT"
_TERMINAL = r"(?:pts/|tty|none|/dev/)"
_DONE = (
    r"(?: from [0-9]{1,3}\.[0-9]| not allowed because| timed out after| logged (?:in|out|on|off)\b| signed (?:in|out)\b"
    r"|: authentication failure|: password mismatch| not found:)"
)
_COLUMNS = r"user_?name|login|user|handle|(?:full|first|last|nick|display)_?name"

# Containers of a directory, and names of hosts in certificates.
_NOBODY = ascii_pattern(
    r"(?i:users|computers|builtin|configuration|schema|services|sites|groups|system)|[*\w-]+(?:\.[\w-]+){2,}"
)


def _common_name(match: re.Match[str]) -> Range | None:
    """The common name, unless it is that of a container or of a host."""
    return None if _NOBODY.fullmatch(match["value"]) else mentioned(match)


# One sign for several forms: each sign costs every text a little, whatever is in it.
_COLON_SIGN = (
    Sign(":", r" (?:TTY=|PWD=|user NOT|[0-9]{1,2} inc|command not|a passw|Client \"|(?<=ng session: ))"),
)
_EQUALS_SIGN = (Sign("=", r"(?<=[)eEnN].)(?:(?<=\).)\(|(?<=: name.)[A-Za-z0-9_]|(?<=(?i:cn).)[^\s,=])"),)
_AT_SIGN = (Sign("@", r"[1-9][0-9]{0,2}\.[0-9]{1,3}\.[0-9]|[\w-]{1,20} [A-Z]"),)
# `invalid user ada` is found by what the sentence says.
_USER_SIGN = (Sign("uU", r"(?i:ser) (?!usr_)(?<!(?i:alid|egal) .....)[A-Za-z0-9_]"),)
_SU_SIGN = (Sign("f", r"or (?<=[sS]u ....)[A-Za-z0-9_\[]"),)
_ROUND_SIGN = (
    Sign("(", r"uid=[0-9]|to [A-Za-z0-9_]|(?<=[lmp3].)(?<=(?:map|op3|mtp|sql|dap|pam).)[A-Za-z0-9_]"),
)

_FORMS = tuple(
    Detector("USERNAME", ascii_pattern(source), signs=signs, locate=mentioned, reach=reach)
    for source, signs, reach in (
        # `ada : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/bin/ls`
        (
            rf"{_BEFORE}{_NAME}(?= : (?:{_SUDO}))",
            _COLON_SIGN,
            _WHOLE_REACH,
        ),
        # `(ada) CMD (backup)`
        (
            rf"\({_NAME}\)(?= (?:{_CRON})\b)",
            (Sign(")", r" (?:CMD|RELOAD|LIST|REPLACE|BEGIN E|END E)"),),
            _WHOLE_REACH,
        ),
        # `session opened for user root(uid=0) by ada(uid=1000)`, `(to root) ada on pts/0`, `imap(ada): Logged out`
        (rf"\b(?:by|user) {_NAME}(?=\(uid=[0-9])", _ROUND_SIGN, _WHOLE_REACH),
        (rf"\(to {_NAME}\)(?= {_REPLACED} on {_TERMINAL})", _ROUND_SIGN, 0),
        (rf"\(to {_REPLACED}\) {_NAME}(?= on {_TERMINAL})", _ROUND_SIGN, 0),
        (rf"\b(?:imap|pop3|lmtp)\({_NAME}\)", _ROUND_SIGN, 4),
        (rf"\b(?:sql|ldap|pam)\({_NAME}(?=,[0-9A-Fa-f]{{1,4}}[.:])", _ROUND_SIGN, 4),
        # `[ada] OK LOGIN: Client "192.0.2.1"`, `USER ada: Login successful`
        (
            rf"\[{_NAME}\](?= (?:OK|FAIL) (?:{_FTP}))",
            _COLON_SIGN,
            _WHOLE_REACH + 16,
        ),
        (rf"\bUSER {_NAME}(?=: (?:Login|no such)| \(Login)", (Sign("U", r"SER [A-Za-z0-9_]"),), 0),
        # `192.0.2.1 - ada [23/Nov/2026:10:11:12 +0000] "GET / HTTP/1.1" 200 5`
        (
            rf"(?<= - ){_NAME}(?= \[[0-9]{{2}}/[A-Z][a-z]{{2}}/[0-9]{{4}}:)",
            (Sign(r"\[", r"(?<= .)[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:"),),
            _WHOLE_REACH,
        ),
        # `Login OK: [ada] (from client wifi port 0 cli 70-6F-6C-69-73-68)`
        (
            rf"\bLogin (?:OK|incorrect)(?: \([^()\n]{{0,80}}\))?: \[{_NAME}",
            (Sign(r"\[", r"(?<= .)[A-Za-z0-9_](?<=(?:OK|ct|.\)): ..)"),),
            104,
        ),
        # `ada@courses FATAL:`, `Connect ada@192.0.2.1 on courses`
        (rf"{_BEFORE}{_NAME}@[\w-]{{1,20}}(?= (?:{_LEVELS}):)", _AT_SIGN, _WHOLE_REACH),
        (rf"{_BEFORE}{_NAME}(?=@{HOSTS.decode()})", _AT_SIGN, _WHOLE_REACH),
        # `Key (username)=(ada) already exists.`
        (
            rf"\((?:[\w, ]{{0,40}}, )?(?i:{_COLUMNS})(?:, [\w, ]{{0,40}})?\)=\((?P<value>[^()\[\]\n]{{1,120}})\)",
            _EQUALS_SIGN,
            110,
        ),
        # `user ada logged in`, `User ada from 192.0.2.1 not allowed because not listed in AllowUsers`
        (
            rf"{_BEFORE}(?i:user) (?!usr_){_NAME}(?={_DONE})",
            _USER_SIGN,
            0,
        ),
        (r"\b[Ss]u for " + _NAME + r"(?= by [A-Za-z0-9_\[])", _SU_SIGN, 3),
        (rf"\b[Ss]u for {_REPLACED} by {_NAME}", _SU_SIGN, 3),
        # `new user: name=ada, UID=1001`, `add 'ada' to group 'sudo'`, `FOR 'ada', Authentication failure`
        (rf"\bnew (?:user|account): name={_NAME}", _EQUALS_SIGN, 20),
        (rf"\badd '{_NAME}'(?= to (?:shadow )?group)", (Sign("'", r"[A-Za-z0-9_](?<=add '.)"),), 4),
        (
            rf"\bFOR [\"']?{_NAME}(?=[\"']?, (?:Authentication failure|User not known|Permission denied))",
            (Sign("F", r"OR [\"']?[A-Za-z0-9_]"),),
            0,
        ),
        (rf"\bUser Slice of {_NAME}", (Sign("U", r"ser Slice of "),), 0),
        (rf"Starting session: [^\n]{{1,40}} for {_NAME}(?= from )", _COLON_SIGN, 20),
    )
)
MESSAGE = (
    *_FORMS,
    # `cn=Ada Lovelace,ou=people,dc=example`
    Detector(
        "USERNAME",
        ascii_pattern(r"\b(?i:cn)=(?P<value>[^,=\s\[\]\"'\\][^,=\n\[\]\"'\\]{0,63})(?=, ?(?i:ou|cn|dc)=)"),
        signs=_EQUALS_SIGN,
        locate=_common_name,
        reach=2,
    ),
)
PROSE: tuple[Detector, ...] = ()

_IS = rb"(?:=|\\u003[dD])"
_SOME = rb"[0-9A-Za-z_$]"
_SEEN = rb"[0-9A-Za-z_.$\[\]-]{1,64}"
_MORE = rb"[0-9A-Za-z_.$-]{0,63}"
_ACTOR = (
    rb"(?-i:(?:[0-9A-Za-tv-z_]|u[0-9A-Za-rt-z_.$-]|us[0-9A-Za-qs-z_.$-]|usr[0-9A-Za-z.$-])"
    + _MORE
    + rb"|us?r?)"
)
"""A name that does not begin as our tokens do."""

GATE = (
    _SOME + rb" : (?:" + _SUDO.replace("=", r"(?:=|\\u003[dD])").encode() + rb")",
    _SOME + rb"\) (?:" + _CRON.encode() + rb")",
    _SOME + rb"\(uid" + _IS + rb"[0-9]",
    rb"\(to " + _SEEN + rb"\) " + _SEEN + rb" on (?:pts\\?/|tty|none|\\?/dev)",
    rb"(?:imap|pop3|lmtp)\(" + _SOME,
    _SOME + rb"\] (?:OK|FAIL) (?:" + _FTP.encode() + rb")",
    rb"USER " + _SOME + _MORE + rb"(?:: (?:Login|no such)| \(Login)",
    rb"- " + _SOME + _MORE + rb" \[[0-9]{2}\\?/[A-Z][a-z]{2}\\?/[0-9]{4}:",
    rb"@[0-9A-Za-z_-]{1,20} (?:" + _LEVELS.encode() + rb"):",
    rb"Login (?:OK|incorrect)",
    rb"(?i)(?:" + _COLUMNS.encode() + rb")(?:, [\w, ]{0,40})?\)" + _IS + rb"\([^\[\])]",
    rb"(?i)user " + _ACTOR + _DONE.replace(r"\b", "").encode(),
    rb"(?i)su for (?:" + _SEEN + rb" by " + _SOME + rb"|" + _SOME + _MORE + rb" by \[)",
    rb"(?i)new (?:user|account): name" + _IS + _SOME,
    _SOME + rb"(?:'|\\u0027) to (?:shadow )?group",
    _SOME + rb"(?:[\"'\\]|\\u002[27]){0,2}, (?:Authentication failure|User not known|Permission denied)",
    rb"Starting session: |User Slice of " + _SOME,
    rb"(?:sql|ldap|pam)\(" + _SOME + _MORE + rb",[0-9A-Fa-f]",
    rb"(?i)" + START + rb"cn" + _IS + rb"[^\s,=\[\]\"']",
)
# The gate opens for the address already.
BATCH = (_SOME + rb"@" + HOSTS,)

CATCHES = (
    ("ada : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/bin/ls", "ada"),
    ("sudo: m_garcia : 3 incorrect password attempts ; TTY=pts/1", "m_garcia"),
    ("CRON[17]: (svc-backup) CMD (/usr/local/bin/backup)", "svc-backup"),
    ("session opened for user root(uid=0) by ada(uid=1000)", "ada"),
    ("(to root) jdoe on pts/2", "jdoe"),
    ("FAILED SU (to oracle) jdoe on pts/2", "oracle"),
    ("dovecot: imap(teacher7): Logged out in=70 out=296", "teacher7"),
    ('[alice.w] FAIL LOGIN: Client "192.0.2.1"', "alice.w"),
    ("web01 (192.0.2.1[192.0.2.1]) - USER ada: Login successful.", "ada"),
    ('192.0.2.1 - jdoe [23/Nov/2026:12:11:12 +0000] "GET /admin HTTP/2.0" 401 5', "jdoe"),
    ("Login incorrect (mschap: wrong response): [ada/<via Auth-Type = eap>] (from client wifi)", "ada"),
    ("[17] ada@courses FATAL:  terminating connection", "ada"),
    ("Connect git@192.0.2.1 on courses using TCP/IP", "git"),
    ("DETAIL:  Key (tenant_id, username)=(5, ada) already exists.", "5, ada"),
    ("User j.smith from 192.0.2.1 not allowed because not listed in AllowUsers", "j.smith"),
    ("user ada logged out after 70 s", "ada"),
    ("AH01617: user jdoe: authentication failure", "jdoe"),
    ("Successful su for root by ada", "ada"),
    ("new user: name=ada, UID=1001, GID=1001", "ada"),
    ("add 'ada' to group 'sudo'", "ada"),
    ("FAILED LOGIN (1) on '/dev/tty1' FOR 'ubuntu', Authentication failure", "ubuntu"),
    ("Starting session: shell on pts/0 for ada from 192.0.2.1 port 22 id 0", "ada"),
    ("bind cn=Ada Lovelace,ou=people,dc=example", "Ada Lovelace"),
)
SPARES = (
    "session opened for user usr_k1_abcdefghijklmnopqrstuvwxyz by (uid=0)",
    "user usr_k1_abcdefghijklmnopqrstuvwxyz logged in",
    '[IP] - - [23/Nov/2026:12:11:12 +0000] "GET / HTTP/2.0" 200 5',
    "Key (id)=(5) is still referenced from table",
    "issuer CN=R3, O=Let's Encrypt; CN=Users,DC=example; CN=www.example.org,OU=web",
    "state : TTY lost, [ok] OK so far, f(x) = (y)",
    "user data not found, user was logged in, user story 12",
)
