"""Every table in one place, for migrations and for tests that walk the schema; import models from their own files."""

from mobility.models.base import Base
from mobility.modules import modules_of

#: The modules that define tables: every file of this package; importing them is what fills the schema.
MODULES = modules_of("mobility.models")

#: The schema that the migrations must arrive at.
METADATA = Base.metadata
