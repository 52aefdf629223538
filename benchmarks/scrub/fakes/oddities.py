"""Rarer spellings of addresses, the many names of a credential, and private keys of all kinds."""

import base64
from collections.abc import Callable
from random import Random

from benchmarks.scrub.fakes.dice import (
    ALNUM,
    B64URL,
    HEX,
    LOWNUM,
    Made,
    b64,
    b64url,
    draw,
    mixed,
)
from benchmarks.scrub.fakes.networks import ipv4
from benchmarks.scrub.fakes.tokens import password, password_hard

__all__ = ["ODDITIES", "SPELLINGS"]

_COOKIES = (
    "PHPSESSID JSESSIONID ASP.NET_SessionId connect.sid sessionid session _session sid SID "
    "laravel_session ci_session CFID CFTOKEN wordpress_logged_in_1f2e _gitlab_session _csrf "
    "csrftoken XSRF-TOKEN access_token refresh_token auth_token jwt id_token remember_token "
    "remember_user_token __Host-session __Secure-next-auth.session-token authToken AWSALB_auth "
    "koa.sess express:sess SSESS8f2 frontend adminhtml symfony grafana_session sentrysid "
    "user_session dotcom_sess logged_in_token kc-access KEYCLOAK_IDENTITY AUTH_SESSION_ID "
    "_shopify_secure_session_id sso_token SAMLSESSION mod_auth_openidc_session _oauth2_proxy"
).split()
_COOKIES = [name for name in _COOKIES if name not in {"frontend", "adminhtml", "symfony"}]
_PASSWORD_NAMES = (
    "DB_PASSWORD DATABASE_PASSWORD MYSQL_PASSWORD PGPASSWORD REDIS_PASSWORD SMTP_PASSWORD "
    "MAIL_PASSWORD ADMIN_PASSWORD MONGO_INITDB_ROOT_PASSWORD ELASTIC_PASSWORD LDAP_BIND_PASSWORD "
    "KEYSTORE_PASSWORD TRUSTSTORE_PASSWORD SPRING_DATASOURCE_PASSWORD KAFKA_SASL_PASSWORD "
    "FTP_PASS DB_PASS DB_PWD RABBITMQ_PASS GRAFANA_ADMIN_PASSWORD SUDO_PASSWORD "
    "WORDPRESS_DB_PASSWORD SA_PASSWORD MSSQL_SA_PASSWORD ORACLE_PWD IMAP_PASSWORD PROXY_PASSWORD"
).split()
_SECRET_NAMES = (
    "SECRET_KEY DJANGO_SECRET_KEY APP_SECRET JWT_SECRET JWT_SIGNING_KEY SESSION_SECRET API_KEY "
    "API_SECRET API_TOKEN ACCESS_TOKEN AUTH_TOKEN CLIENT_SECRET OAUTH_CLIENT_SECRET "
    "ENCRYPTION_KEY COOKIE_SECRET HMAC_SECRET WEBHOOK_SECRET SIGNING_SECRET STRIPE_SECRET_KEY "
    "GITHUB_TOKEN GH_TOKEN NPM_TOKEN SLACK_BOT_TOKEN DATADOG_API_KEY DD_API_KEY DD_APP_KEY "
    "MAPS_API_KEY TWILIO_AUTH_TOKEN SENDGRID_API_KEY MASTER_KEY RAILS_MASTER_KEY NEXTAUTH_SECRET "
    "SECRET_KEY_BASE AZURE_STORAGE_KEY CLOUDFLARE_API_TOKEN CONSUL_HTTP_TOKEN NOMAD_TOKEN "
    "VAULT_TOKEN HEROKU_API_KEY ALGOLIA_ADMIN_KEY PUSHER_APP_SECRET TURNSTILE_SECRET_KEY "
    "RECAPTCHA_SECRET_KEY SENTRY_AUTH_TOKEN CODECOV_TOKEN SONAR_TOKEN DOCKER_PASSWORD "
    "KUBE_TOKEN FIREBASE_TOKEN EXPO_TOKEN DEPLOY_KEY ACCESS_KEY SHARED_SECRET INTERNAL_API_KEY"
).split()
_JSON_PASSWORDS = (
    "password passwd pwd pass userPassword user_password new_password newPassword oldPassword "
    "currentPassword confirmPassword password_confirmation passphrase dbPassword db_password "
    "adminPassword bindPassword rootPassword smtpPass keystorePassword Password PASSWORD passcode"
).split()
_JSON_SECRETS = (
    "token accessToken access_token refreshToken refresh_token id_token apiKey api_key apikey "
    "apiSecret api_secret clientSecret client_secret secret secretKey secret_key privateKey "
    "sessionToken session_token sessionId session_id authToken auth_token bearerToken csrfToken "
    "x-api-key X-Auth-Token signingKey encryptionKey webhookSecret sharedSecret consumerSecret "
    "oauth_token oauthToken deviceToken pushToken resetToken reset_token inviteToken verifyToken "
    "masterKey accountKey accessKey appSecret app_secret hmacKey jwt sid"
).split()
_PEM_MARKS = (
    "RSA PRIVATE KEY|EC PRIVATE KEY|DSA PRIVATE KEY|PRIVATE KEY|ENCRYPTED PRIVATE KEY|"
    "OPENSSH PRIVATE KEY|ANY PRIVATE KEY"
).split("|")


def _secret(r: Random) -> str:
    return r.choice(
        [
            mixed(r, ALNUM, r.randint(20, 48)),
            mixed(r, B64URL, r.randint(22, 64)),
            mixed(r, LOWNUM, r.randint(20, 40)),
            draw(r, HEX, r.choice([32, 40, 64])),
            b64(r, r.choice([24, 32, 48])),
            b64url(r, 32),
        ]
    )


def _session(r: Random) -> str:
    return r.choice(
        [
            mixed(r, LOWNUM, r.randint(20, 32)),
            draw(r, HEX, r.choice([32, 40])),
            mixed(r, ALNUM, r.randint(24, 64)),
            b64url(r, r.randint(18, 48)),
        ]
    )


def _pair(names: list[str], frame: str, value: Callable[[Random], str]) -> Callable[[Random], Made]:
    def make(r: Random) -> Made:
        text = value(r)
        return Made(frame.format(r.choice(names), text), (text,))

    return make


def _pem(r: Random) -> Made:
    mark, lines = r.choice(_PEM_MARKS), [b64(r, 48) for _ in range(r.randint(2, 14))]
    lines.append(b64(r, r.randint(10, 40)))
    head = ""
    if r.random() < 0.25:
        head = f"Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,{draw(r, HEX.upper(), 32)}\n\n"
    end = f"\n-----END {mark}-----"
    return Made(f"-----BEGIN {mark}-----\n{head}" + "\n".join(lines) + end, tuple(lines))


def _pem_indented(r: Random) -> Made:
    mark, lines = r.choice(_PEM_MARKS), [b64(r, 48) for _ in range(r.randint(2, 6))]
    text = "\n".join(f"    {line}" for line in lines)
    return Made(f"|\n    -----BEGIN {mark}-----\n{text}\n    -----END {mark}-----", tuple(lines))


def _pem_flat(r: Random) -> Made:
    mark, body = r.choice(_PEM_MARKS), b64(r, r.randint(120, 600))
    return Made(f"-----BEGIN {mark}----- {body} -----END {mark}-----", (body,))


def _ssh2(r: Random) -> Made:
    lines = [b64(r, 51) for _ in range(r.randint(3, 8))]
    text, mark = "\n".join(lines), "SSH2 ENCRYPTED PRIVATE KEY"
    return Made(
        f'---- BEGIN {mark} ----\nComment: "key"\n{text}\n---- END {mark} ----', tuple(lines)
    )


def _jwk(r: Random) -> Made:
    d = b64url(r, 32)
    return Made(
        f'{{"kty":"EC","crv":"P-256","x":"{b64url(r, 32)}","y":"{b64url(r, 32)}","d":"{d}"}}', (d,)
    )


def _ipv6_full(r: Random) -> str:
    groups = ["2001", draw(r, "0123456789abcdef", 4), *(draw(r, HEX, 4) for _ in range(6))]
    text = ":".join(groups)
    return text.upper() if r.random() < 0.3 else text


def _ipv6_v4(r: Random) -> Made:
    address = ipv4(r)
    return Made(r.choice(["::ffff:{}", "[::ffff:{}]", "64:ff9b::{}"]).format(address), (address,))


def _reverse(r: Random) -> Made:
    turned = ".".join(reversed(ipv4(r).split(".")))
    return Made(f"{turned}.in-addr.arpa", (turned,))


def _dashed(r: Random) -> Made:
    text = ipv4(r).replace(".", "-")
    frame = r.choice(["ec2-{}.compute-1.amazonaws.com", "ip-{}.eu.isp.example", "host-{}.dyn.net"])
    return Made(frame.format(text), (text,))


def _defanged(r: Random) -> str:
    return r.choice(["[.]", "(.)"]).join(ipv4(r).split("."))


def _end(frame: str) -> Callable[[Random], Made]:
    def make(r: Random) -> Made:
        address = ipv4(r)
        return Made(frame.format(address, r.randint(1024, 65000)), (address,))

    return make


def _mac(mark: str, size: int, is_upper: bool) -> Callable[[Random], str]:
    def make(r: Random) -> str:
        digits = r.choice(["3c22fb", "a483e7", "d8bb2c", "f01898"]) + draw(r, HEX, 4) + "b7"
        text = mark.join(digits[i : i + size] for i in range(0, 12, size))
        return text.upper() if is_upper else text

    return make


def _basic_pair(r: Random) -> Made:
    text = base64.b64encode(f"svc-{draw(r, LOWNUM, 4)}:{password(r)}".encode()).decode()
    return Made(text, (text,))


ODDITIES: dict[str, Callable[[Random], str | Made]] = {
    "cookie_pair": _pair(_COOKIES, "{}={}", _session),
    "env_password": _pair(_PASSWORD_NAMES, "{}={}", password),
    "env_secret": _pair(_SECRET_NAMES, "{}={}", _secret),
    "env_quoted": _pair(_PASSWORD_NAMES, '{}="{}"', password_hard),
    "yaml_password": _pair(_JSON_PASSWORDS, "{}: {}", password),
    "yaml_secret": _pair(_JSON_SECRETS, "{}: {}", _secret),
    "json_password": _pair(_JSON_PASSWORDS, '"{}":"{}"', password),
    "json_secret": _pair(_JSON_SECRETS, '"{}":"{}"', _secret),
    "json_secret_wide": _pair(_JSON_SECRETS, '"{}": "{}"', _secret),
    "py_password": _pair(_JSON_PASSWORDS, "'{}': '{}'", password),
    "py_secret": _pair(_JSON_SECRETS, "'{}': '{}'", _secret),
    "ruby_secret": _pair(_JSON_SECRETS, '"{}"=>"{}"', _secret),
    "query_secret": _pair(_JSON_SECRETS, "{}={}", lambda r: mixed(r, ALNUM, r.randint(20, 48))),
    "secret_any": _secret,
    "session_any": _session,
    "pem_any": _pem,
    "pem_indented": _pem_indented,
    "pem_flat": _pem_flat,
    "ssh2": _ssh2,
    "jwk": _jwk,
    "basic_any": _basic_pair,
}
"""Credentials and what makes them; of a pair only the value counts."""

SPELLINGS: dict[str, Callable[[Random], str | Made]] = {
    "ipv6_full": _ipv6_full,
    "ipv6_v4": _ipv6_v4,
    "ipv4_reverse": _reverse,
    "ipv4_dashed": _dashed,
    "ipv4_defanged": _defanged,
    "ipv4_java": _end("/{}:{}"),
    "ipv4_bind": _end("{}#{}"),
    "ipv4_dump": _end("{}.{}"),
    "mac_colon": _mac(":", 2, False),
    "mac_dash": _mac("-", 2, True),
    "mac_cisco": _mac(".", 4, False),
    "mac_bare": _mac("", 12, False),
}
"""Addresses of machines in the rarer notations."""
