"""What the bundle starts: the same entry point as the command, and nothing else."""

import os
import sys

from desktop_app.__main__ import main

# Where systems keep the certificates they trust. The library in the bundle looks where the building system had them.
CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS
)


def find_certificates() -> None:
    """Mail servers are checked against what this system trusts; where it has nothing, against what came along."""
    if sys.platform == "win32" or "SSL_CERT_FILE" in os.environ:
        return
    here = os.path.join(getattr(sys, "_MEIPASS", ""), "certifi", "cacert.pem")  # noqa: PTH118 - pathlib takes 5 ms
    found = next((path for path in (*CERTIFICATES, here) if os.path.exists(path)), None)  # noqa: PTH110
    if found is not None:
        os.environ["SSL_CERT_FILE"] = found


if __name__ == "__main__":
    find_certificates()
    sys.exit(main())
