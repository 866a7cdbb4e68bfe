"""The names of all settings, and what each means."""

from collections.abc import Mapping
from types import MappingProxyType

PREFIX = "ALUR_"

KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "ALUR_DATA": "Folder of everything that is kept on this machine; ./var when not set.",
        "ALUR_DATABASE_URL": "Address of PostgreSQL (postgresql://…); embedded when not set.",
        "ALUR_REDIS_URL": "Address of Redis or Valkey (redis://…, unix://…); embedded when not set.",
        "ALUR_HOST": "Address that the web server listens on; 127.0.0.1 when not set.",
        "ALUR_PORT": "Port that the web server listens on; 8000 when not set.",
        "ALUR_PUBLIC_URL": "Address of the pages for people and QR codes; http://HOST:PORT when not set.",
        "ALUR_SECRET_KEY": "Key of sessions and forms: 32 bytes, URL-safe base64; generated in development.",
        "ALUR_DATA_KEY": "Key that wraps the persons' keys, like ALUR_SECRET_KEY.",
        "ALUR_ENV": "development or production; development when not set.",
        "ALUR_KEY_SAFE": "Folder of the persons' keys, which backups leave out; <data>/key-safe when not set.",
        "ALUR_DOCUMENTS_URL": "Where documents are kept (file:///…, s3://…); <data>/documents when not set.",
        "ALUR_SIGNER": "pkcs12:PATH, pkcs11:URI, csc:URL or bsre:URL; a development key when not set.",
        "ALUR_SIGNER_PASSPHRASE": "File of the passphrase or PIN of ALUR_SIGNER; its officers are asked when not set.",
        "ALUR_SIGNER_LOGIN": "File of this house's login at the signing service: a token (CSC), user:password (BSrE).",
        "ALUR_SIGNERS": "File (TOML) of the officers who sign with keys of their own: account = ALUR_SIGNER's form.",
        "ALUR_TRUST": "Folder of certificates (*.pem) and revocation lists (*.crl) that cards are verified against; "
        "the development PKI when not set, which production refuses.",
        "ALUR_AUDIT_KEY": "File of the Ed25519 key (PEM) that signs checkpoints; generated in development.",
        "ALUR_CLAIM_KEY": "File of the Ed25519 key (PEM) that signs the claims in QR codes; generated in development.",
        "ALUR_CLAIM_KEYS": "File of the published keys (JWK Set) by which such claims are checked.",
        "ALUR_TSA_URL": "Time-stamping authorities (RFC 3161), with commas between; the first that answers stamps.",
        "ALUR_CHROMIUM": "Path of the chromium program, for browser tests.",
        "ALUR_OIDC_ISSUER": "Address of the OpenID Connect provider for staff sign-in.",
        "ALUR_OIDC_CLIENT_ID": "Our client id at the OpenID Connect provider.",
        "ALUR_OIDC_CLIENT_SECRET": "Our client secret at the OpenID Connect provider.",
        "ALUR_SMTP_URL": "Address of the mail server (smtp:// or smtps://); no mail is sent when not set.",
    }
)
