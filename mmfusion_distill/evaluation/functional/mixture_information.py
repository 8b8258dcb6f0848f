"""Mutual information of many pairs of small distributions whose joint one is of Nelsen's family."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

POSITIONS = 9
_INNER = POSITIONS - 1
_MERGED = 2 * _INNER
TINY = np.finfo(np.float32).tiny
#: Cumulative probabilities are at least this, since their products must not be denormal, ...
_FLOOR = np.float32(1e-12)
#: ... below 1, and multiples of two units in the last place: that bit tells the two distributions apart.
_BELOW_ONE = np.int32(0x3F7FFFFC)
_ONE = np.float32(1)
_TAG = np.int32(1)
_SIGN = np.int32(-(2**31))
#: Rows of what has been merged. NumPy leaves its vector loops where an output begins where an input ends, so
#: neighbours in the order of values, which the scans below combine, must not be neighbours in memory.
_ROW = [*(k // 2 + (k % 2) * _INNER for k in range(_MERGED)), _MERGED]


def _spread(number: int) -> np.ndarray:
    """Weights by which the sum of distances of all pairs of sorted values is a weighted sum of these, halved."""
    return np.arange(number, dtype=np.float32) - np.float32((number - 1) / 2)


_OF_EACH = _spread(_INNER)
_OF_BOTH = _spread(_MERGED)[np.argsort(_ROW[:_MERGED])]


class Distributions(NamedTuple):
    """N distributions over nine positions, float32.

    Args:
        cumulative: (8, N) cumulative probabilities; the ninth is 1.
        entropy: (N,) in bits.
        pull: (N,) deviation of the position over the deviation of the probabilities; 0 without either.
        balance: (N,) sum of `cumulative` less its half, 4.
        distance: (N,) 8 plus half the distance of all pairs of cumulative probabilities.
    """

    cumulative: np.ndarray
    entropy: np.ndarray
    pull: np.ndarray
    balance: np.ndarray
    distance: np.ndarray

    @classmethod
    def empty(cls, number: int) -> "Distributions":
        """Room for some distributions."""
        return cls(np.empty((_INNER, number), np.float32), *np.empty((4, number), np.float32))

    def part(self, chunk: slice) -> "Distributions":
        """Some of them, as views."""
        return Distributions(*(array[..., chunk] for array in self))

    def fill(self, pdf: np.ndarray, flat: np.ndarray) -> None:
        """Describe distributions.

        Args:
            pdf: (9, N) probabilities, overwritten.
            flat: (N,) whether a distribution is the uniform one, which correlates with nothing.
        """
        cumulative = np.empty((_INNER, pdf.shape[1]), np.float32)
        np.add(pdf[0], _FLOOR, out=cumulative[0])
        for row in range(1, _INNER):
            np.add(cumulative[row - 1], pdf[row], out=cumulative[row])
        bits = cumulative.view(np.int32)
        np.minimum(bits, _BELOW_ONE, out=bits)
        bits &= ~_TAG
        self.cumulative[...] = cumulative
        np.negative(np.einsum("in,in->n", pdf, np.log2(pdf + TINY)), out=self.entropy)
        positions = np.arange(POSITIONS, dtype=np.float32)
        away = positions[:, None] - positions @ pdf
        variance = np.einsum("in,in,in->n", away, away, pdf)
        pdf -= _ONE / POSITIONS
        energy = np.einsum("in,in->n", pdf, pdf)
        variance[flat | (variance < 1e-12)] = 0.0
        energy[flat] = 1.0
        np.sqrt(variance / energy, out=self.pull)
        np.subtract(cumulative.sum(axis=0), _INNER / 2, out=self.balance)
        np.add(_OF_EACH @ cumulative, _INNER, out=self.distance)


class MixtureInformation:
    """Mutual information of distributions with others, a chunk at a time, in memory that is used again.

    The joint distribution is ``w F + (1 - w) a b``, with F the Frechet bound: two distributions of cumulative
    probabilities S and T laid side by side on [0, 1] cut it into at most 17 pieces, each a cell of F. On all other
    cells, of 81, the logarithm of the product is a sum, so their part of the joint entropy follows from the entropies
    of a and b. Pieces are found by a bitonic merge of S and T.

    Args:
        sources: How many are compared at a time with one distribution.
        number: Distributions in a chunk.
    """

    def __init__(self, sources: int, number: int) -> None:
        self._shape = (sources, number)
        size = sources * number
        self._fused = np.empty((POSITIONS, number), np.float32)
        self._cumulative_fused = np.empty((_INNER, number), np.float32)
        self._source = np.empty((POSITIONS, size), np.float32)
        self._cumulative, self._reversed, self._other = np.empty((3, _INNER, size), np.float32)
        # Apart, for the same reason as `_ROW`.
        rows = [np.empty((_MERGED + 1) * size + 64, np.float32)[64:].reshape(-1, size) for _ in range(6)]
        self._merged, self._spare, *self._ends = rows
        self._of_sources = np.empty((4, *self._shape), np.float32)
        self._small = np.empty((4, *self._shape), np.float32)

    def scores(self, sources: Sequence[Distributions], fused: Distributions, out: np.ndarray) -> None:
        """Write ``2 I / (H_S + H_F)``, 0 where neither has any entropy.

        Args:
            sources: As many chunks as there are sources.
            fused: Chunk of what they are compared with.
            out: (sources, N) scores.
        """
        entropy, pull, balance, distance = self._load(sources, fused)
        covariance = self._covariance()
        widths, cells = self._pieces(np.right_shift(covariance.view(np.int32), 31).reshape(-1))
        weight, rest, excess, work = self._small
        # Hoeffding: the covariance of a joint distribution is the sum of its excess over independence.
        np.multiply(balance, fused.balance, out=work)
        np.bitwise_xor(work.view(np.int32), covariance.view(np.int32) & _SIGN, out=work.view(np.int32))
        np.add(distance, fused.distance, out=excess)
        excess -= work
        # Not a matrix product, which rounds by the place in memory: swapped sources swap their scores.
        excess -= np.einsum("k,kn->n", _OF_BOTH, self._merged[:_MERGED]).reshape(self._shape)
        # The weight with which the joint distribution has the correlation of the two.
        np.abs(covariance, out=weight)
        weight *= pull
        weight *= fused.pull
        weight *= excess > 0
        weight /= np.maximum(excess, _FLOOR, out=excess)
        np.subtract(_ONE, weight, out=rest)
        cells *= rest.reshape(-1)
        widths *= weight.reshape(-1)
        widths += cells
        change = self._plogp(widths, self._ends[3])
        change -= self._plogp(cells, self._ends[1])
        entropies = np.add(entropy, fused.entropy, out=excess)
        # Of all cells by independence alone: the sum of (1 - w) a b log |(1 - w) a b|.
        np.abs(rest, out=work)
        work += TINY
        np.log2(work, out=work)
        work -= entropies
        work *= rest
        work += change.reshape(self._shape)
        work += entropies
        work *= 2
        entropies += TINY
        np.divide(work, entropies, out=out)

    def _load(self, sources: Sequence[Distributions], fused: Distributions) -> np.ndarray:
        self._cumulative_fused[...] = fused.cumulative
        mine, other = (array.reshape(_INNER, *self._shape) for array in (self._cumulative, self._other))
        for index, source in enumerate(sources):
            mine[:, index] = source.cumulative
            other[:, index] = self._cumulative_fused[::-1]
            for row, array in zip(self._of_sources, source[1:], strict=True):
                row[index] = array
        return self._of_sources

    def _covariance(self) -> np.ndarray:
        """(sources, N): sum of the products of probabilities, of those of a source as they were."""
        for cumulative, pdf in (
            (self._cumulative_fused, self._fused),
            (self._cumulative, self._source),
        ):
            np.subtract(cumulative[0], _FLOOR, out=pdf[0])
            np.subtract(cumulative[1:], cumulative[:-1], out=pdf[1:-1])
            np.subtract(_ONE, cumulative[-1], out=pdf[-1])
        self._fused -= _ONE / POSITIONS
        return np.einsum("isn,in->sn", self._source.reshape(-1, *self._shape), self._fused)

    def _pieces(self, negative: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Widths of the pieces of the Frechet bound, and of their cells the product of the probabilities.

        Args:
            negative: (sources N,) -1 where the lower bound is wanted: the upper one with the source in reverse.
        """
        mine, turned, other = (
            array.view(np.int32) for array in (self._cumulative, self._reversed, self._other)
        )
        self._reversed[...] = self._cumulative[::-1]
        np.subtract(_ONE, self._reversed, out=self._reversed)
        turned ^= mine
        turned &= negative
        mine ^= turned
        mine &= ~_TAG
        other |= _TAG
        self._merge(mine, other)
        cells = self._cells()
        return self._widths(), cells

    def _merge(self, mine: np.ndarray, other: np.ndarray) -> None:
        """Bitonic merge of (8, n) ascending and descending bits, into `_merged` by `_ROW`."""
        merged, spare = (array[:_MERGED].view(np.int32) for array in (self._spare, self._merged))
        np.minimum(mine, other, out=merged[:_INNER])
        np.maximum(mine, other, out=merged[_INNER:])
        for step in (4, 2):
            pairs, ordered = (array.reshape(-1, 2, step * mine.shape[1]) for array in (merged, spare))
            np.minimum(pairs[:, 0], pairs[:, 1], out=ordered[:, 0])
            np.maximum(pairs[:, 0], pairs[:, 1], out=ordered[:, 1])
            merged, spare = spare, merged
        pairs = merged.reshape(-1, 2, mine.shape[1])
        np.minimum(pairs[:, 0], pairs[:, 1], out=spare[:_INNER])
        np.maximum(pairs[:, 0], pairs[:, 1], out=spare[_INNER:])

    def _cells(self) -> np.ndarray:
        """Of each piece, the product of the probabilities: of the distances between the ends around it."""
        merged, mask = (array[:_MERGED].view(np.int32) for array in (self._merged, self._spare))
        begins, ends = self._ends[:2], self._ends[2:]
        # All bits are set where an end belongs to the other one: no number to either of the scans.
        np.bitwise_and(merged, _TAG, out=mask)
        mask -= _TAG
        np.bitwise_or(merged, mask, out=ends[0][:_MERGED].view(np.int32))
        np.invert(mask, out=mask)
        np.bitwise_or(merged, mask, out=ends[1][:_MERGED].view(np.int32))
        for begin, end in zip(begins, ends):
            begin[0], end[_MERGED] = 0, 1
            bits = begin.view(np.int32)
            for before, row in zip(_ROW, _ROW[1:]):
                np.maximum(bits[before], end.view(np.int32)[before], out=bits[row])
            bits = end.view(np.uint32)
            for row, after in zip(_ROW[-2::-1], _ROW[:0:-1]):
                np.minimum(bits[after], bits[row], out=bits[row])
            np.subtract(end, begin, out=begin)
        return np.multiply(*begins, out=begins[0])

    def _widths(self) -> np.ndarray:
        merged, widths = self._merged, self._ends[2]
        widths[0] = merged[0]
        np.subtract(merged[_INNER:_MERGED], merged[:_INNER], out=widths[_INNER:_MERGED])
        np.subtract(merged[1:_INNER], merged[_INNER : _MERGED - 1], out=widths[1:_INNER])
        np.subtract(_ONE, merged[_MERGED - 1], out=widths[_MERGED])
        return widths

    @staticmethod
    def _plogp(values: np.ndarray, work: np.ndarray) -> np.ndarray:
        """(n,) sum over rows of v log2 |v|.

        A mixture weight above 1 makes some cells negative; like the authors' code, which keeps the real part of the
        logarithm, they enter with their magnitude in it.
        """
        np.abs(values, out=work)
        work += TINY  # nothing times its logarithm is nothing
        np.log2(work, out=work)
        return np.einsum("kn,kn->n", values, work)
