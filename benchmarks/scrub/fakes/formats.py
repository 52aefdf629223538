"""Keys of a second hundred services, in the notation of `vendors`, each from its public format."""

from collections.abc import Callable
from random import Random

from benchmarks.scrub.fakes.dice import Made
from benchmarks.scrub.fakes.vendors import fill_shape

__all__ = ["FORMATS"]

_SHAPES: dict[str, tuple[str, ...]] = {
    "adobe_secret": ("p8e-{l32}",),
    "akamai_token": ("akab-{l16}-{l16}",),
    "apify_token": ("apify_api_{a36}",),
    "asana_token": ("1/{d16}:{h32}", "2/{d16}/{d16}:{h32}"),
    "axiom_token": ("xaat-{h8}-{h4}-{h4}-{h4}-{h12}", "xapt-{h8}-{h4}-{h4}-{h4}-{h12}"),
    "bedrock_key": ("ABSKQmVkcm9ja0FQSUtleS{b109}",),
    "beamer_key": ("b_{l44}",),
    "bitbucket_token": ("ATBB{a32}", "ATCTT3xFfG{x180}={u8}"),
    "braintree_token": ("access_token$production${l16}${h32}",),
    "cerebras_key": ("csk-{l48}",),
    "chromatic_token": ("chpt_{h15}",),
    "clickhouse_key": ("4b1d{a38}",),
    "clickup_token": ("pk_{d8}_{u32}",),
    "dbt_token": ("dbtc_{x43}", "dbtu_{x43}"),
    "deepseek_key": ("sk-{h32}",),
    "defined_key": ("dnkey-{l26}-{l52}",),
    "docker_org_token": ("dckr_oat_{x32}",),
    "easypost_test": ("EZTK{a54}",),
    "elevenlabs_key": ("sk_{h48}",),
    "figma_oauth": ("figo_{x40}", "figu_{x40}"),
    "firecrawl_key": ("fc-{h32}",),
    "fireworks_key": ("fw_{a24}",),
    "gitlab_other": (
        "glft-{x20}", "glimt-{x25}", "glagent-{x50}", "glsoat-{x20}", "GR1348941{x20}",
        "glffct-{x20}", "gloas-{h64}",
    ),
    "gocardless_token": ("live_{x40}",),
    "google_service_key": ("AQ.Ab8RN6{x43}",),
    "harness_token": ("pat.{a22}.{h24}.{a20}", "sat.{a22}.{h24}.{a20}"),
    "helicone_key": ("sk-helicone-{l7}-{l7}-{l7}-{l7}",),
    "hetzner_token": ("{a64}",),
    "honeycomb_key": ("hcaik_{l58}", "hcaik_01{l24}{l32}"),
    "huggingface_org": ("api_org_{a34}",),
    "infisical_token": ("st.{h24}.{h32}.{h32}",),
    "infracost_key": ("ico-{a32}",),
    "intra42_secret": ("s-s4t2ud-{h64}",),
    "jfrog_ref": ("cmVmdGtuOjAx{a52}",),
    "jina_key": ("jina_{h32}{a28}",),
    "langfuse_key": ("sk-lf-{h8}-{h4}-{h4}-{h4}-{h12}",),
    "launchdarkly_key": (
        "sdk-{h8}-{h4}-{h4}-{h4}-{h12}", "api-{h8}-{h4}-{h4}-{h4}-{h12}",
        "mob-{h8}-{h4}-{h4}-{h4}-{h12}",
    ),
    "mailersend_key": ("mlsn.{h64}",),
    "mailgun_public": ("pubkey-{h32}",),
    "maxmind_key": ("{a6}_{a29}_mmk",),
    "modal_token": ("as-{a22}", "ak-{a22}"),
    "mollie_key": ("live_{a30}", "test_{a30}"),
    "mongodb_atlas": ("mdb_sa_sk_{x40}",),
    "n8n_key": ("n8n_api_{h40}",),
    "neon_key": ("napi_{l64}",),
    "newrelic_other": ("NRII-{x32}", "NRJS-{h19}", "{h36}FFFFNRAL"),
    "nvidia_key": ("nvapi-{x64}",),
    "octopus_key": ("API-{u26}",),
    "onesignal_key": ("os_v2_app_{l103}",),
    "openrouter_key": ("sk-or-v1-{h64}",),
    "openshift_token": ("sha256~{x43}",),
    "paystack_key": ("sk_live_{h40}", "sk_test_{h40}"),
    "planetscale_oauth": ("pscale_oauth_{x43}",),
    "polar_token": ("polar_oat_{a43}", "polar_pat_{a43}"),
    "posthog_project": ("phs_{a43}", "phr_{a43}"),
    "prefect_bot": ("pnb_{a36}",),
    "razorpay_key": ("rzp_live_{a14}", "rzp_test_{a14}"),
    "render_key": ("rnd_{a28}",),
    "runpod_key": ("rpa_{u36}{l6}",),
    "salesforce_token": ("00D{a12}!{x96}",),
    "sendinblue_smtp": ("xsmtpsib-{h64}-{a16}",),
    "sentry_user": ("sntryu_{h64}",),
    "settlemint_token": ("sm_aat_{a16}", "sm_pat_{a16}", "sm_sat_{a16}"),
    "shopify_other": ("shptka_{h32}", "shpua_{h32}"),
    "slack_other": (
        "xoxe.xoxp-1-{a166}", "xoxe-1-{a146}", "xoxs-{d12}-{d12}-{d12}-{h32}", "xoxa-2-{a40}",
        "xoxr-{a40}", "xwfp-{d13}-{d13}-{h32}",
    ),
    "snyk_token": ("snyk_uat.{h8}.{x80}",),
    "sourcegraph_token": ("sgp_{h16}_{h40}", "sgp_{h40}", "slk_{h64}", "sgd_{h64}"),
    "square_access": ("EAAA{x60}",),
    "statsig_key": ("secret-{a43}",),
    "stytch_secret": ("secret-live-{x35}=",),
    "supabase_service": ("sb_secret_{x22}_{x8}",),
    "svix_key": ("testsk_{x30}.eu", "sk_{x30}.us"),
    "tavily_key": ("tvly-{a32}", "tvly-prod-{a32}"),
    "telnyx_key": ("KEY0{u31}_{a22}",),
    "tencent_key": ("AKID{a32}",),
    "trello_token": ("ATTA{h64}{u8}",),
    "twilio_account": ("SK{h32}",),
    "unkey_key": ("unkey_{a22}",),
    "vercel_token": ("vcp_{a56}", "vercel_blob_rw_{a16}_{a30}"),
    "voyage_key": ("pa-{x43}",),
    "workos_key": ("sk_live_{a44}", "sk_test_{a44}"),
    "writeme_webhook": ("whsec_{b43}=",),
    "yandex_iam": ("t1.{x150}.{x86}", "y0_{x55}"),
    "zapier_hook": ("zpka_{h32}_{h8}",),
    "zuplo_key": ("zpka_{h32}_{h8}",),
    "clerk_key": ("sk_live_{a42}",),
    "convex_key": ("prod:happy-otter-{d3}|{b60}",),
    "datadog_pat": ("ddpat_{a40}",),
    "discord_mfa": ("mfa.{x84}",),
    "github_app": ("v1.{h40}", "ghs_{a36}", "ghe_{a36}"),
    "google_fcm": ("AAAA{x7}:APA91b{x134}",),
    "hashicorp_batch": ("s.{a24}", "b.{a120}", "hvr.{x80}"),
    "ibm_key": ("ApiKey-{h8}-{h4}-{h4}-{h4}-{h12}",),
    "instagram_token": ("IGQV{a140}", "IGQW{a140}"),
    "messenger_page": ("EAAG{a150}",),
    "okta_ssws": ("00{x40}",),
    "openvsx_token": ("ovsxp_{x36}",),
    "paypal_token": ("A21AA{x92}", "access_token$sandbox${l16}${h32}"),
    "scaleway_key": ("SCW{u17}",),
    "spotify_token": ("BQ{x150}",),
    "stackhawk_key": ("hawk.{x20}.{x20}",),
    "tines_key": ("tskey-client-{a16}-{a32}",),
    "twitter_bearer": ("AAAAAAAAAAAAAAAAAAAAA{a46}%3D{a40}",),
    "wakatime_key": ("waka_{h8}-{h4}-{h4}-{h4}-{h12}",),
    "zendesk_secret": ("{h40}",),
}  # fmt: skip
_NEED_A_KEY = frozenset(
    "hetzner_token zendesk_secret okta_ssws asana_token mollie_key gocardless_token github_app "
    "clickhouse_key modal_token spotify_token beamer_key".split()
)
"""Those whose looks alone say nothing: they are drawn only where a key stands before them."""


def _any(r: Random, names: tuple[str, ...]) -> Made:
    name = r.choice(names)
    text = fill_shape(r, r.choice(_SHAPES[name]))
    return Made(text, (text,), name)


def _maker(names: tuple[str, ...]) -> Callable[[Random], Made]:
    return lambda r: _any(r, names)


FORMATS: dict[str, Callable[[Random], str | Made]] = {
    "service_key": _maker(tuple(name for name in _SHAPES if name not in _NEED_A_KEY)),
    "keyed_key": _maker(tuple(_SHAPES)),
}
"""`service_key` is known by its looks, `keyed_key` stands under a key that says so."""
