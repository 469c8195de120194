"""A linear programme, solved again and again for other targets: the only module that knows HiGHS."""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np

Row = tuple[float, float, Sequence[int], Sequence[float]]  # lower, upper, columns, coefficients
FREE = highspy.kHighsInf
SECONDS = 120.0  # one target; a set that takes longer is declared too large
# Which simplex goes on best from the solution before: it is still feasible where costs change, not where bounds do.
PRIMAL, DUAL = 4, 1
OPTIMAL = highspy.HighsModelStatus.kOptimal


class Programme:
    """Columns with bounds and costs under rows with bounds. Every solution starts from the one before."""

    def __init__(
        self, lower: Sequence[float], upper: Sequence[float], cost: Sequence[float], rows: list[Row], simplex: int
    ) -> None:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(lower), len(rows)
        model.col_cost_ = np.array(cost, dtype=float)
        model.col_lower_, model.col_upper_ = np.array(lower, dtype=float), np.array(upper, dtype=float)
        model.row_lower_ = np.array([row[0] for row in rows], dtype=float)
        model.row_upper_ = np.array([row[1] for row in rows], dtype=float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.cumsum([0, *(len(row[2]) for row in rows)])
        model.a_matrix_.index_ = np.array([column for row in rows for column in row[2]], dtype=np.int32)
        model.a_matrix_.value_ = np.array([value for row in rows for value in row[3]], dtype=float)
        self._solver = highspy.Highs()
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)
        self._solver.setOptionValue("time_limit", SECONDS)
        self._solver.passModel(model)
        self._solved = 0
        self._simplex = simplex

    def bound(self, column: int, lower: float, upper: float) -> None:
        """Give a column other bounds."""
        self._solver.changeColBounds(column, lower, upper)

    def charge(self, column: int, cost: float) -> None:
        """Give a column another cost."""
        self._solver.changeColCost(column, cost)

    def solve(self) -> np.ndarray | None:
        """The columns' values at the least cost; None where there is no solution."""
        self._solver.run()
        if self._solved == 0:
            self._solver.setOptionValue("presolve", "off")  # from now on the basis at hand is the better start
            self._solver.setOptionValue("simplex_strategy", self._simplex)
        self._solved += 1
        if self._solver.getModelStatus() != OPTIMAL:
            return None
        return np.array(self._solver.getSolution().col_value)
