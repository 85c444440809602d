"""How the class of an operator declares its parameters; the kinds of parameters stand in ``parameter_kinds``."""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum, auto
from typing import Any, ClassVar

from mobility.rules.law.facts import Fact
from mobility.rules.law.reader import Json, Reader

#: Marks an English text for the catalogues of translations; whoever shows it translates it.
N_ = str
#: Stands for the default value of a parameter that must be given.
REQUIRED: Any = object()
#: From a value, and the fact that its operator looks at, to one that asks for one step less.
Step = Callable[[Any, Fact | None], Any]


class Look(StrEnum):
    """How a form asks for a parameter."""

    LINE = auto()
    LINES = auto()
    FLAG = auto()
    FACT = auto()
    CHOICE = auto()
    GROUP = auto()
    PART = auto()


class Kind(ABC):
    """What the values of a parameter are: how they are read from JSON and written, entered in a form and shown there.

    ``known`` is the fact that the operator's parameter ``field`` names, for kinds whose values depend on it.
    """

    look: ClassVar[Look] = Look.LINE
    #: Whether a form offers several values of it.
    is_several: ClassVar[bool] = False

    @abstractmethod
    def read(self, reader: Reader, key: str, known: Fact | None) -> Any:
        """Return the value of a parameter that was given; raises InvalidError with its path."""

    def write(self, value: Any) -> Json:
        """Return the value as JSON."""
        return value

    def entered(self, text: str, known: Fact | None) -> Json:
        """Return as JSON what somebody entered, which is not blank."""
        del known
        return text

    def filled(self, written: Any) -> Any:
        """Return what the field of a form shows for the value as JSON."""
        return written

    def facts(self, value: Any) -> frozenset[str]:
        """Return the facts that a value names."""
        del value
        return frozenset()

    def choices(self) -> tuple[tuple[str, str], ...]:
        """Return the (value, English text) pairs to choose from."""
        return ()


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operator.

    Attributes
    ----------
    kind : Kind
        What its values are.
    label : str
        What people call it, in English.
    hint : str
        What to write in a form where the label alone does not say it.
    name : str
        In JSON.
    attribute : str
        Of the condition; the name in JSON unless that is a word of Python.
    default : object
        Its value where it is not given; ``REQUIRED`` if it must be.
    is_written : bool
        Whether it is written where its value is the default.
    only_for : tuple of (str, object), optional
        Another parameter (by attribute) and the value of it with which this one must be given, and without which it
        must not.
    looser : callable, optional
        What one step less strict is, from the value and the fact that the operator looks at.
    """

    kind: Kind
    label: str
    hint: str = ""
    name: str = ""
    attribute: str = ""
    default: Any = REQUIRED
    is_written: bool = False
    only_for: tuple[str, object] | None = None
    looser: Step | None = None

    @property
    def is_required(self) -> bool:
        """Whether it must be given in every case."""
        return self.default is REQUIRED

    @property
    def is_optional(self) -> bool:
        """Whether it may be left out wherever it may be given."""
        return not self.is_required and self.only_for is None

    def may_be_left_out(self, value: object) -> bool:
        """Tell whether reading gives this value back where nothing is written."""
        return self.is_optional and not self.is_written and value == self.default

    def belongs(self, values: Mapping[str, object]) -> bool:
        """Tell whether it may be given beside parameters of these values, by attribute."""
        return self.only_for is None or values.get(self.only_for[0]) == self.only_for[1]


def parameter(kind: Kind, label: str, *, default: Any = REQUIRED, **more: Any) -> Any:
    """Return the field of a condition's class that is a parameter; see ``Parameter`` for ``more``."""
    told = Parameter(kind, label, default=default, **more)
    metadata = {"parameter": told}
    if default is REQUIRED:
        return dataclasses.field(metadata=metadata)
    if isinstance(default, dict):
        return dataclasses.field(default_factory=dict, hash=False, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def parameters_in(kind: type[Any]) -> tuple[Parameter, ...]:
    """Return the parameters that a condition's class declares, in order."""
    fields = [field for field in dataclasses.fields(kind) if "parameter" in field.metadata]
    declared: list[tuple[Parameter, str]] = [(field.metadata["parameter"], field.name) for field in fields]
    return tuple(replace(told, name=told.name or name, attribute=name) for told, name in declared)
