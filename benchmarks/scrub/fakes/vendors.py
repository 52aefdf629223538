"""Keys in the shapes that cloud and software services hand out, all of them thrown by dice.

A shape is literal text with holes: `{b36}` is 36 letters and digits; the letter says which
alphabet (`a` letters and digits, `h` hex, `l` small letters and digits, `u` capitals and digits,
`x` base64url, `t` base32, `d` digits, `b` base64). Source: each vendor's documented key format.
"""

import base64
import re
from collections.abc import Callable
from random import Random

from benchmarks.scrub.fakes.dice import (
    ALNUM,
    B32,
    B64,
    B64URL,
    DIGITS,
    HEX,
    LOWNUM,
    UPNUM,
    Made,
    mixed,
)

__all__ = ["SHAPES", "fill_shape", "vendor_key"]

_ALPHABETS = {
    "a": ALNUM, "h": HEX, "l": LOWNUM, "u": UPNUM, "x": B64URL, "t": B32, "d": DIGITS, "b": B64,
}  # fmt: skip
_HOLE = re.compile(r"\{([ahluxtdb])(\d+)\}")

SHAPES: dict[str, tuple[str, ...]] = {
    "aws_access_key": ("AKIA{t16}", "ASIA{t16}"),
    "gcp_api_key": ("AIza{x35}",),
    "google_oauth_secret": ("GOCSPX-{x28}",),
    "google_access_token": ("ya29.{x120}",),
    "google_refresh_token": ("1//0{x60}",),
    "azure_client_secret": ("{a3}8Q~{a34}", "{a3}7Q~{a31}"),
    "azure_storage_key": ("AccountKey={b86}==",),
    "azure_devops_pat": ("{a76}AZDO{a4}",),
    "github_token": ("ghp_{a36}", "gho_{a36}", "ghu_{a36}", "ghs_{a36}", "ghr_{a36}"),
    "github_fine_token": ("github_pat_{a22}_{a59}",),
    "gitlab_token": ("glpat-{x20}", "gldt-{x20}", "glrt-{x20}", "glptt-{h40}", "glcbt-{h2}_{x20}"),
    "slack_token": (
        "xoxb-{d12}-{d12}-{a24}",
        "xoxp-{d12}-{d12}-{d12}-{h32}",
        "xapp-1-A{u10}-{d13}-{h64}",
    ),
    "stripe_key": ("sk_live_{a24}", "rk_live_{a24}", "sk_test_{a24}", "sk_live_{a99}"),
    "stripe_webhook_secret": ("whsec_{a32}",),
    "twilio_key": ("SK{h32}",),
    "sendgrid_key": ("SG.{x22}.{x43}",),
    "npm_token": ("npm_{a36}",),
    "pypi_token": ("pypi-AgEIcHlwaS5vcmc{x150}",),
    "openai_key": (
        "sk-{a20}T3BlbkFJ{a20}",
        "sk-proj-{x74}T3BlbkFJ{x74}",
        "sk-svcacct-{x74}T3BlbkFJ{x74}",
    ),
    "anthropic_key": ("sk-ant-api03-{x93}AA", "sk-ant-admin01-{x93}AA"),
    "huggingface_token": ("hf_{a34}",),
    "digitalocean_token": ("dop_v1_{h64}", "doo_v1_{h64}", "dor_v1_{h64}"),
    "shopify_token": ("shpat_{h32}", "shpss_{h32}", "shpca_{h32}", "shppa_{h32}"),
    "square_token": ("sq0atp-{x22}", "sq0csp-{x43}"),
    "mailgun_key": ("key-{h32}",),
    "mailchimp_key": ("{h32}-us12", "{h32}-us7"),
    "telegram_bot_token": ("{d10}:AA{x33}", "{d9}:AA{x33}"),
    "discord_bot_token": ("MT{a22}.{x6}.{x38}", "Nz{a22}.{x6}.{x27}"),
    "heroku_key": ("HRKU-AA{x58}",),
    "linear_key": ("lin_api_{a40}",),
    "notion_token": ("ntn_{a46}", "secret_{a43}"),
    "airtable_token": ("pat{a14}.{h64}",),
    "atlassian_token": ("ATATT3xFfGF0{x180}={u8}",),
    "databricks_token": ("dapi{h32}",),
    "newrelic_key": ("NRAK-{u27}",),
    "grafana_token": ("glsa_{a32}_{h8}", "glc_eyJv{b80}"),
    "sentry_token": ("sntryu_{h64}", "sntrys_eyJ{b100}_{b43}"),
    "vault_token": ("hvs.{x95}", "hvb.{x140}"),
    "terraform_token": ("{a14}.atlasv1.{x67}",),
    "doppler_token": ("dp.pt.{a43}", "dp.st.prd.{a43}"),
    "postman_key": ("PMAK-{h24}-{h34}",),
    "pulumi_token": ("pul-{h40}",),
    "planetscale_token": ("pscale_tkn_{x43}", "pscale_pw_{x43}"),
    "flyio_token": ("fo1_{x43}", "fm2_{b120}"),
    "netlify_token": ("nfp_{a40}",),
    "supabase_key": ("sbp_{h40}", "sb_secret_{x31}"),
    "cloudflare_origin_key": ("v1.0-{h24}-{h146}",),
    "docker_token": ("dckr_pat_{x27}",),
    "figma_token": ("figd_{x40}",),
    "dropbox_token": ("sl.{x136}",),
    "facebook_token": ("EAA{a110}",),
    "rubygems_key": ("rubygems_{h48}",),
    "nuget_key": ("oy2{l43}",),
    "crates_token": ("cio{a32}",),
    "clojars_token": ("CLOJARS_{l60}",),
    "perplexity_key": ("pplx-{a48}",),
    "groq_key": ("gsk_{a52}",),
    "replicate_token": ("r8_{a37}",),
    "xai_key": ("xai-{a80}",),
    "mapbox_secret": ("sk.eyJ1Ijoi{a60}.{x22}",),
    "contentful_token": ("CFPAT-{x43}",),
    "dynatrace_token": ("dt0c01.{u24}.{u64}",),
    "prefect_key": ("pnu_{a36}",),
    "readme_key": ("rdme_{l70}",),
    "shippo_token": ("shippo_live_{h40}",),
    "age_secret_key": ("AGE-SECRET-KEY-1{u58}",),
    "adafruit_key": ("aio_{a28}",),
    "alibaba_key": ("LTAI5t{a18}",),
    "artifactory_token": ("AKCp{a69}",),
    "brevo_key": ("xkeysib-{h64}-{a16}",),
    "duffel_token": ("duffel_live_{x43}",),
    "easypost_key": ("EZAK{a54}",),
    "flutterwave_key": ("FLWSECK-{h32}-X",),
    "plaid_token": ("access-production-{h8}-{h4}-{h4}-{h4}-{h12}",),
    "sonar_token": ("squ_{h40}", "sqp_{h40}"),
    "tailscale_key": ("tskey-auth-{a16}-{a32}", "tskey-api-{a16}-{a32}"),
    "buildkite_token": ("bkua_{h40}",),
    "circleci_token": ("CCIPAT_{a22}_{h40}",),
    "typeform_token": ("tfp_{x59}",),
    "langsmith_key": ("lsv2_pt_{h32}_{h10}",),
    "posthog_key": ("phx_{a43}",),
    "hubspot_token": ("pat-na1-{h8}-{h4}-{h4}-{h4}-{h12}",),
    "pinecone_key": ("pcsk_{a6}_{a60}",),
    "resend_key": ("re_{a8}_{a24}",),
    "onepassword_token": ("ops_eyJ{x250}",),
    "lob_key": ("live_{h35}",),
    "scalingo_token": ("tk-us-{x48}",),
    "frameio_token": ("fio-u-{x64}",),
    "twitch_token": ("oauth:{l30}",),
    "yandex_key": ("AQVN{x35}",),
    "okta_token": ("00{x40}",),
}
"""Vendor and shapes; a few shapes (`lob`, `twitch`, `okta`) only mean something under a key."""

_NEED_A_KEY = frozenset({"lob_key", "okta_token", "twitch_token"})
_ALONE = tuple(name for name in SHAPES if name not in _NEED_A_KEY)


def fill_shape(r: Random, shape: str) -> str:
    """Return the shape with its holes thrown."""

    def hole(match: re.Match[str]) -> str:
        alphabet, count = _ALPHABETS[match[1]], int(match[2])
        if match[1] == "d":
            return str(r.randint(10 ** (count - 1), 10**count - 1))
        return mixed(r, alphabet, count) if count > 3 else "".join(r.choices(alphabet, k=count))

    return _HOLE.sub(hole, shape)


def vendor_key(r: Random, name: str = "") -> Made:
    """Return a key of the named vendor, or of any whose keys are known by their looks."""
    name = name or r.choice(_ALONE)
    text = fill_shape(r, r.choice(SHAPES[name]))
    secret = text.removeprefix("AccountKey=")
    return Made(text, (secret,), name)


def jwt(r: Random, claims: str = "") -> str:
    """Return a signed token with a header, claims and a signature of the right length."""
    header = r.choice(
        ['{"alg":"HS256","typ":"JWT"}', '{"alg":"RS256","kid":"k1"}', '{"typ":"JWT","alg":"ES256"}']
    )
    body = (
        claims
        or f'{{"sub":"{r.randint(1, 10**9)}","iat":{r.randint(1_600_000_000, 1_800_000_000)}}}'
    )
    parts = [
        base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (header, body)
    ]
    signature = base64.urlsafe_b64encode(r.randbytes(r.choice([32, 64, 256]))).decode().rstrip("=")
    return ".".join([*parts, signature])


VENDORS: dict[str, Callable[[Random], str | Made]] = {"vendor": vendor_key, "jwt": jwt}
