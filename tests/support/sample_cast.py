"""Who works at Quayside, the invented freight company of the bundled sample, and with what."""

from dataclasses import dataclass
from typing import Any

NIGHTLY_REPORT = "svc-nightly-report"
RELEASE_NOTES = "agent-release-notes"
LEGACY = "ops-legacy"

# Addresses that are kept for documentation: RFC 5737 and RFC 3849.
OFFICE = "192.0.2"
ELSEWHERE = "198.51.100"
MACHINES = "2001:db8:10:"
BRUTE = "203.0.113.66"
PATIENT = "203.0.113.141"


@dataclass(frozen=True)
class Target:
    type: str
    name: str
    sensitivity: str = "internal"

    def written(self) -> dict[str, str]:
        return {"type": self.type, "name": self.name, "sensitivity": self.sensitivity}


@dataclass(frozen=True)
class Actor:
    name: str
    role: str
    ip: str
    kind: str = "person"

    def written(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind, "role": self.role, "ip": self.ip}


_NAMES = {
    "engineer": (
        "Ada Lindqvist, Bram Oyelaran, Chidi Varga, Dunja Castell, Emeka Rowe, Freya Nakai, "
        "Goran Tello, Hilde Amaro, Ines Falk, Jorun Bekker, Kaito Wren, Lucia Dahlem"
    ),
    "support": (
        "Mirela Osei, Nils Quaye, Oona Petrak, Pavel Adeyemi, Quirin Sato, Rosa Templeton, "
        "Sanna Iver, Tomas Birchall, Uma Kestrel, Viggo Marchetti"
    ),
    "planner": "Wanda Eklund, Xavi Thorne, Yara Holm, Zeno Pryce, Abena Lorca, Birk Salonen",
    "finance": "Carys Muller, Dario Finch, Elif Sandoval, Fabian Okoro",
    "operator": "Greta Halloran, Hassan Lind, Ivo Castellan, Juno Abara",
    "security": "Kemi Strand, Lars Devereux",
    "manager": "Maud Ferreira, Noor Vinter",
}

TARGETS = {
    "engineer": [
        Target("repository", "booking-api"),
        Target("repository", "route-planner"),
        Target("repository", "customer-portal"),
        Target("dashboard", "error-rates"),
        Target("document", "runbook-deployments"),
        Target("queue", "booking-events"),
    ],
    "support": [
        Target("customer", "harbour-freight-4471", "confidential"),
        Target("customer", "nordsee-logistics-1029", "confidential"),
        Target("customer", "blue-anchor-3310", "confidential"),
        Target("ticket", "delayed-containers"),
        Target("ticket", "invoice-questions"),
    ],
    "planner": [
        Target("route", "rotterdam-oslo"),
        Target("route", "antwerp-gdansk"),
        Target("timetable", "week-11"),
        Target("vessel", "mv-kittiwake"),
    ],
    "finance": [
        Target("invoice", "batch-2026-03", "confidential"),
        Target("ledger", "payroll-ledger", "restricted"),
        Target("report", "cash-flow", "confidential"),
    ],
    "operator": [
        Target("cluster", "production", "critical"),
        Target("dashboard", "queue-depth"),
        Target("configuration", "feature-flags"),
        Target("document", "runbook-failover"),
    ],
    "security": [
        Target("log", "audit-trail", "restricted"),
        Target("dashboard", "log-ins"),
        Target("document", "access-review", "confidential"),
    ],
    "manager": [
        Target("report", "weekly-numbers", "confidential"),
        Target("document", "hiring-plan", "confidential"),
    ],
}

VAULT = Target("database", "customer-vault", "critical")
PAYROLL = Target("ledger", "payroll-ledger", "restricted")
CUSTOMERS = Target("report", "customer-list", "confidential")
CONSOLE = Target("application", "console")

# What a service does, how often in minutes, and on what.
SERVICES = [
    ("svc-booking", "job_run", 10, Target("job", "expire-offers")),
    ("svc-routing", "job_run", 12, Target("job", "refresh-tides")),
    ("svc-billing", "record_read", 20, Target("invoice", "batch-2026-03", "confidential")),
    ("svc-backup", "backup_completed", 60, Target("database", "bookings", "restricted")),
    ("svc-secrets", "secret_read", 15, Target("secret", "payments-gateway", "critical")),
    ("svc-metrics", "job_run", 8, Target("job", "roll-up-metrics")),
    ("svc-mail", "message_sent", 25, Target("queue", "notices")),
]
AGENTS = [RELEASE_NOTES, "agent-triage", "agent-timetable"]
CONTROLS = [
    ("ACC-1", "Nobody who left has an account", Target("directory", "staff")),
    ("BAK-2", "The last backup is younger than a day", Target("database", "bookings")),
    ("ENC-1", "Disks are encrypted", Target("cluster", "production")),
    ("RET-4", "Customers who left are deleted after 30 days", VAULT),
]


def people() -> list[Actor]:
    """Give everybody; two of three work in the office."""
    found: list[Actor] = []
    for role, names in _NAMES.items():
        for name in names.split(", "):
            number = len(found) + 20
            network = OFFICE if number % 3 else ELSEWHERE
            first, last = name.lower().split(" ")
            found.append(Actor(f"{first}.{last}", role, f"{network}.{number}"))
    return found


def machine(name: str, number: int, kind: str = "service") -> Actor:
    """Give a service or an agent."""
    return Actor(name, kind, f"{MACHINES}:{number:x}", kind)
