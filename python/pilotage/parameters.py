"""Ranges of parameters to search, with the signatures of the SageMaker Python SDK's classes of the same names."""

__all__ = ["CategoricalParameter", "ContinuousParameter", "IntegerParameter"]

_SCALES = {"Auto": "auto", "Linear": "linear", "Logarithmic": "log"}


class _Range:
    """A range between two bounds, both included."""

    _type = ""

    def __init__(self, min_value, max_value, scaling_type="Auto"):
        if scaling_type not in _SCALES:
            raise ValueError(f"scaling_type is {scaling_type!r}; take 'Auto', 'Linear' or 'Logarithmic'")
        for value in (min_value, max_value):
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise TypeError(f"a bound is {value!r}; take a number")
        if not min_value <= max_value:
            raise ValueError(f"the range goes from {min_value!r} to {max_value!r}; give the smaller bound first")
        if scaling_type == "Logarithmic" and min_value <= 0:
            raise ValueError(f"a logarithmic range starts at {min_value!r}; take a bound above 0")
        self.min_value = min_value
        self.max_value = max_value
        self.scaling_type = scaling_type

    def to_plan(self):
        """Return the range as it stands in plan.json.

        ``Auto`` is logarithmic when the bounds are positive and a factor of 10 or more apart, else linear.
        """
        scale = _SCALES[self.scaling_type]
        if scale == "auto":
            scale = "log" if self.min_value > 0 and self.max_value >= 10 * self.min_value else "linear"
        return {"type": self._type, "min": self.min_value, "max": self.max_value, "scale": scale}

    def __repr__(self):
        return f"{type(self).__name__}({self.min_value!r}, {self.max_value!r}, scaling_type={self.scaling_type!r})"

    def __eq__(self, other):
        return type(self) is type(other) and self.to_plan() == other.to_plan()

    def __hash__(self):
        return hash((type(self), self.min_value, self.max_value, self.scaling_type))


class ContinuousParameter(_Range):
    """A real number from ``min_value`` to ``max_value``.

    Parameters
    ----------
    min_value, max_value : float
        Bounds, both included.
    scaling_type : {"Auto", "Linear", "Logarithmic"}
        The scale on which values are drawn.
    """

    _type = "continuous"


class IntegerParameter(_Range):
    """A whole number from ``min_value`` to ``max_value``.

    Parameters
    ----------
    min_value, max_value : int
        Bounds, both included.
    scaling_type : {"Auto", "Linear", "Logarithmic"}
        The scale on which values are drawn.
    """

    _type = "integer"

    def __init__(self, min_value, max_value, scaling_type="Auto"):
        super().__init__(min_value, max_value, scaling_type)
        for value in (min_value, max_value):
            if value != int(value):
                raise ValueError(f"a bound is {value!r}; take a whole number, or ContinuousParameter")


class CategoricalParameter:
    """One of several values.

    Parameters
    ----------
    values : list
        Numbers, texts, booleans or None; a single one may stand without a list.
    """

    def __init__(self, values):
        self.values = list(values) if isinstance(values, (list, tuple)) else [values]
        if not self.values:
            raise ValueError("a categorical parameter needs at least one value")

    def to_plan(self):
        """Return the range as it stands in plan.json."""
        return {"type": "categorical", "values": list(self.values)}

    def __repr__(self):
        return f"CategoricalParameter({self.values!r})"

    def __eq__(self, other):
        return type(self) is type(other) and self.values == other.values

    def __hash__(self):
        return hash((type(self), repr(self.values)))
