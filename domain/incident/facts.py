"""What is known about an incident's impact, on which its severity rests."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool
from pydantic.alias_generators import to_camel


class Facts(BaseModel):
    """Facts for classification. What nobody has established yet has its harmless value.

    `service_availability` is in percent; `affected_revenue` in the currency that the
    organisation counts in; `previous_incidents` are related incidents in the 24 hours before.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )

    affected_users: Annotated[int, Field(ge=0)] = 0
    affected_revenue: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0
    data_at_risk: StrictBool = False
    service_availability: Annotated[float, Field(ge=0, le=100)] = 100
    compliance_impact: StrictBool = False
    security_breach: StrictBool = False
    previous_incidents: Annotated[int, Field(ge=0)] = 0


FROM_CATEGORY: dict[str, Facts] = {
    "security_breach": Facts(security_breach=True),
    "data_leak": Facts(data_at_risk=True),
    "compliance_violation": Facts(compliance_impact=True),
}
"""What a category says by itself."""
