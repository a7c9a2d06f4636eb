"""Keys and tokens of services, by the prefixes that their issuers gave them so that they can be found."""

from eduscope.privacy.detector import Detector, ascii_pattern
from eduscope.privacy.framing import START, START_UNJOINED
from eduscope.privacy.signs import Sign

RANK = 13

_PREFIXES = (
    "gh[pousr]_", "github_pat_", "hf_", "api_org_", "npm_", "pnu_", "rdme_", "rubygems_", "sh(?:pat|pca|ppa|pss)_",
    "sntry[us]_", "gls?[ac]_", "d(?:oo|op|or)_v1_", "[sr]k_(?:live|test|prod)_", "whsec_", "lin_api_", "ntn_",
    "duffel_(?:live|test)_", "shippo_(?:live|test)_", "sgp_", "pscale_(?:tkn|oauth|pw)_", "[nt]fp_", "sm_[aps]at_",
    "sm_aat_", "fo1_", "fm[12][ar]?_", "CLOJARS_", "gsk_", "figd_", "sbp_", "dckr_[op]at_", "phx_", "r8_",
    "key_(?:live|test)_", "gl(?:pat|dt|ptt|rt|ft|cbt|ffct|imt|agent|oas|soat)-", "xox[a-z]-", "xapp-", "sk-", "pplx-",
    "PMAK-", "pul-", "ico-", "HRKU-", "NR(?:AK|JS|II|RA)-", "x(?:keysib|smtpsib)-", "tk-us-", "p8e-", "fio-u-",
    "FLW(?:SECK|PUBK)(?:_TEST)?-", "key-", "pypi-", "API-", "xai-", "tskey-", "GOCSPX-", "s-s4t2(?:ud|af)-",
    "ops_", "sq[pua]_", r"xoxe\.xox[bp]-", "dnkey-", "access-(?:sandbox|development|production)-",
    "sq0(?:atp|csp)-", "AGE-SECRET-KEY-", r"v1\.0-", "bedrock-api-key-",
)  # fmt: skip
_FIXED = (
    r"(?:A3T[A-Z0-9]|A(?:KIA|SIA|BIA|CCA|GPA|IDA|ROA|NPA))[A-Z2-7]{16}",  # AWS
    r"AIza[\w-]{30,}",  # Google
    r"ya29\.[\w-]{20,}",
    r"SG\.[\w=.-]{30,}",  # SendGrid
    r"LTAI[A-Za-z0-9]{20}",  # Alibaba
    r"(?:AKCp|cmVmd)[A-Za-z0-9]{50,}",  # Artifactory
    r"EZ[AT]K[A-Za-z0-9]{50,}",
    r"EAA[\w-]{58,}",  # Facebook, Square
    r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}",  # Airtable
    r"[ps]at\.[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}",  # Harness
    r"ABSK[\w+/]{60,}",  # Bedrock
    r"AQVN[\w-]{35,}",  # Yandex
    r"eyJrIjoi[\w+/]{40,}",  # Grafana
    r"sl\.(?:u\.)?[\w-]{100,}",  # Dropbox
    r"dapi[a-f0-9]{32}",  # Databricks
    r"SK[0-9a-f]{32}",  # Twilio
    r"hv[sb]\.[\w-]{24,}",  # Vault
    r"dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{30,}",  # Doppler
    r"dt0[a-z][0-9]{2}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}",  # Dynatrace
    r"sha256~[\w-]{43}",  # OpenShift
    r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{40,}",  # Terraform
    r"[\w~.]{3}[0-9]Q~[\w~.-]{31,34}",  # Azure
    r"[0-9]{8,10}:AA[\w-]{30,40}",  # Telegram
    r"A3-[A-Z0-9]{6}-[A-Z0-9-]{28,34}",  # 1Password
)
_HOOKS = (
    r"(?:hooks\.slack\.com/(?:services|workflows|triggers)|webhook\.office\.com/webhookb2"
    r"|discord(?:app)?\.com/api/webhooks)/(?P<value>[\w/@+-]{20,})"
)

_PREFIXED = Detector(
    "SECRET",
    ascii_pattern(
        rf"(?<![\w.-])(?:{'|'.join(_PREFIXES)})(?=[\w./+=-]{{0,40}}(?:[0-9]|[a-z][A-Z]))[\w./+=-]{{16,}}"
    ),
    signs=(
        Sign(
            "_",
            r"[\w./+=-]{16}(?<=(?:h[pousrfx]|at|rg|pm|nu|me|ms|[cp]a|ss|y[su]|[ls][ac]|v1|ve|st|od|ec|pi|tn|gp|kn|th"
            r"|pw|fp|ps|q[pua]|[om][12]|[12][ar]|RS|sk|gd|bp|r8)_.{16})",
        ),
        Sign(
            "-",
            r"[\w./+=-]{16}(?<=(?:[adtrfbcnm]t|as|ss|ox|x[a-z]|pp|sk|lx|AK|ul|co|KU|JS|II|RA|ib|us|8e|-u|CK|BK|ST|ey|pi|PI|ai"
            r"|PX|ud|af|tp|sp|EY|\.0)-.{16})",
        ),
    ),
    reach=16,
)
_SHAPED = Detector(
    "SECRET",
    ascii_pattern(rf"(?<![A-Za-z0-9])(?:{'|'.join(_FIXED)})"),
    signs=(
        Sign("A", r"(?:3[T-]|KIA|SIA|BIA|CCA|GPA|IDA|ROA|NPA|Iza|KCp|BSK|QVN)[\w+/-]"),
        Sign("ESL", r"(?:(?<=E)(?:Z[AT]K|AA)|(?<=S)(?:G\.|K[0-9a-f])|(?<=L)TAI)[\w-]{8}"),
        Sign("J", r"(?<=eyJ)rIjoi[A-Za-z0-9+/]{8}"),
        Sign("V", r"(?<=cmV)md"),
        Sign("p", r"(?<=dap)i[0-9a-f]{8}"),
        Sign("~", r"(?:(?<=Q~)|(?<=256~))[\w~.-]{8}"),
        Sign(":", r"AA[\w-]{8}"),
        Sign(
            ".",
            r"(?<=[vd0-9][spb0-9]\.)(?:(?<=hv[sb]\.)|(?<=ya29\.)|(?<=dp\.)|(?<=dt0[a-z][0-9]{2}\.)|(?<=atlasv1\.))[\w=-]",
        ),
        Sign(".", r"(?:(?<=pat[A-Za-z0-9]{14}\.)|(?<=[ps]at\.)|(?<=\bsl\.))[\w-]{8}"),
    ),
    reach=24,
)
_HOOK = Detector("SECRET", ascii_pattern(_HOOKS), signs=(Sign(".", r"(?:slack|office|com)[./]\w"),), reach=12)

MESSAGE = (_PREFIXED, _SHAPED, _HOOK)
PROSE = MESSAGE
_PATTERNS = 4  # of one for each prefix the gate is slower by a fiftieth, of one for all by four fifths
_BODY = rb"[0-9A-Za-z_./+=\\-]"
GATE = (
    *(
        START_UNJOINED + b"(?:" + "|".join(_PREFIXES[n::_PATTERNS]).encode() + b")" + _BODY + rb"{16}"
        for n in range(_PATTERNS)
    ),
    *(
        START + b"(?:" + "|".join(_FIXED[n::2]).replace(r"[\w", r"[\\0-9A-Za-z_").encode() + b")"
        for n in range(2)
    ),
    rb"(?:slack\.com\\?/(?:services|workflows|triggers)|office\.com\\?/webhookb2|com\\?/api\\?/webhooks)\\?/[0-9A-Za-z_/\\@+-]{20}",
)

CATCHES = (
    ("using AKIAIOSFODNN7EXAMPLE now", "AKIAIOSFODNN7EXAMPLE"),
    ("push with ghp_0123456789abcdefghijABCDEFGHIJ012345 failed", "ghp_0123456789abcdefghijABCDEFGHIJ012345"),
    ("stripe sk_live_4eC39HqLyjWDarjtT1zdp7dc", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"),
    ("model 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", "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"),
    ("slack xoxb-123456789012-abcdefGHIJKL", "xoxb-123456789012-abcdefGHIJKL"),
    ("maps AIzaSyA1234567890abcdefghijklmnopqrstuv", "AIzaSyA1234567890abcdefghijklmnopqrstuv"),
    (
        "post to https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
        "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    ),
)
SPARES = (
    "usr_k1_abcdefghijklmnopqrstuvwxyz",
    "trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7",
    "task-12345678-abcd-4def-8abc-1234567890ab",
    "AKIA is the prefix",
    "key-of-the-whole-thing, api_org_of_the_school_board",
)
