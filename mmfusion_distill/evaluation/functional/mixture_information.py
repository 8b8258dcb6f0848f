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
#: Where what is turned begins: no cumulative probability lies above it.
_ALMOST_ONE = np.int32(0x3F7FFFFE).view(np.float32)
_TAG = np.int32(1)
_SIGN, _TO_SIGN = np.int32(-(2**31)), np.int32(31)
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
        work = np.empty_like(pdf)
        cumulative = work[:_INNER]
        np.add(pdf[0], _FLOOR, out=cumulative[0])
        for row in range(1, _INNER):
            np.add(cumulative[row - 1], pdf[row], out=cumulative[row])
        bits = cumulative.view(np.int32)
        np.minimum(bits, _BELOW_ONE, out=bits)
        np.bitwise_and(bits, ~_TAG, out=self.cumulative.view(np.int32))
        np.subtract(cumulative.sum(axis=0), np.float32(_INNER / 2), out=self.balance)
        np.add(_OF_EACH @ cumulative, np.float32(_INNER), out=self.distance)
        np.add(pdf, TINY, out=work)
        np.negative(np.einsum("in,in->n", pdf, np.log2(work, out=work)), out=self.entropy)
        positions = np.arange(POSITIONS, dtype=np.float32)
        away = np.subtract(positions[:, None], positions @ pdf, out=work)
        away *= away
        variance = np.einsum("in,in->n", away, pdf)
        pdf -= _ONE / POSITIONS
        energy = np.einsum("in,in->n", pdf, pdf)
        variance[flat | (variance < 1e-12)] = 0.0
        energy[flat] = 1.0
        np.sqrt(variance / energy, out=self.pull)


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
        self._straight, self._turned, self._slopes = np.empty((3, _INNER, number), np.float32)
        self._probabilities = np.empty((POSITIONS, number), np.float32)
        self._merged, self._widths = _rows(_MERGED, size), _rows(_MERGED + 1, size)
        # Of the source and of the other one, side by side; then the cells, and logarithms.
        self._begins, self._ends = (_rows(_MERGED + 1, 2 * size) for _ in range(2))
        self._cells, self._logarithms = (
            array.reshape(-1)[: (_MERGED + 1) * size].reshape(-1, size)
            for array in (self._begins, self._ends)
        )
        self._of_sources = np.empty((4, *self._shape), np.float32)
        self._small = np.empty((4, *self._shape), np.float32)
        # What is computed again and again of the same memory: two inputs and the output.
        begins, ends = (list(array.view(np.int32)) for array in (self._begins, self._ends))
        self._forward = [(begins[k], ends[k], begins[after]) for k, after in zip(_ROW, _ROW[1:])]
        ends = list(self._ends.view(np.uint32))
        self._backward = [(ends[after], ends[k], ends[k]) for k, after in zip(_ROW[-2::-1], _ROW[:0:-1])]
        merged, spare = (array.view(np.int32) for array in (self._widths[:_MERGED], self._merged))
        self._first = [
            (merged[:_INNER, columns], merged[_INNER:, columns])
            for columns in (slice(index * number, (index + 1) * number) for index in range(sources))
        ]
        self._merging = []
        for step in (4, 2, 1):
            first, second = merged.reshape(-1, 2, step * size).swapaxes(0, 1)
            ordered = (
                spare.reshape(-1, 2, step * size).swapaxes(0, 1)
                if step > 1
                else spare.reshape(2, _INNER, size)
            )
            self._merging.append((first, second, *ordered))
            merged, spare = spare, merged
        widths, merged = self._widths, self._merged
        self._differences = [
            (merged[_INNER:], merged[:_INNER], widths[_INNER:_MERGED]),
            (merged[1:_INNER], merged[_INNER : _MERGED - 1], widths[1:_INNER]),
            (np.float32(1), merged[_MERGED - 1], widths[_MERGED]),
        ]

    def scores(self, sources: Sequence[Distributions], fused: Distributions, out: np.ndarray) -> None:
        """Write ``2 I / (H_S + H_F)``, 0 where neither has any entropy.

        Args:
            sources: As many chunks as there are sources.
            fused: Chunk of what they are compared with.
            out: (sources, N) scores.
        """
        for index, source in enumerate(sources):
            for row, array in zip(self._of_sources, source[1:], strict=True):
                row[index] = array
        entropy, pull, balance, distance = self._of_sources
        weight, rest, excess, covariance = self._small
        self._covariances(sources, fused, covariance)
        self._merge(sources, fused, np.right_shift(covariance.view(np.int32), 31))
        # Hoeffding: the covariance of a joint distribution is the sum of its excess over independence.
        np.multiply(balance, fused.balance, out=rest)
        sign = covariance.view(np.int32) & _SIGN
        np.bitwise_xor(rest.view(np.int32), sign, out=rest.view(np.int32))
        np.add(distance, fused.distance, out=excess)
        excess -= rest
        # Not a matrix product, which rounds by the place in memory: swapped sources swap their scores.
        excess -= np.einsum("k,kn->n", _OF_BOTH, self._merged).reshape(self._shape)
        # The weight with which the joint distribution has the correlation of the two.
        np.abs(covariance, out=weight)
        weight *= pull
        weight *= fused.pull
        weight *= excess > 0
        weight /= np.maximum(excess, _FLOOR, out=excess)
        np.subtract(_ONE, weight, out=rest)
        change = self._change(weight.reshape(-1), rest.reshape(-1))
        entropies = np.add(entropy, fused.entropy, out=excess)
        # Of all cells by independence alone: the sum of (1 - w) a b log |(1 - w) a b|.
        work = np.abs(rest, out=covariance)
        work += TINY
        np.log2(work, out=work)
        work -= entropies
        work *= rest
        work += change.reshape(self._shape)
        work += entropies
        work *= 2
        entropies += TINY
        np.divide(work, entropies, out=out)

    def _covariances(self, sources: Sequence[Distributions], fused: Distributions, out: np.ndarray) -> None:
        """Sum of the products of the probabilities less 1 / 9: summed by parts, since cumulative ones are at hand."""
        probabilities, slopes = self._probabilities, self._slopes
        probabilities[0] = fused.cumulative[0]
        np.subtract(fused.cumulative[1:], fused.cumulative[:-1], out=probabilities[1:-1])
        np.subtract(_ONE, fused.cumulative[-1], out=probabilities[-1])
        np.subtract(probabilities[:-1], probabilities[1:], out=slopes)
        last = probabilities[-1] - _ONE / POSITIONS
        for source, covariance in zip(sources, out):
            np.add(np.einsum("kn,kn->n", source.cumulative, slopes), last, out=covariance)

    def _merge(self, sources: Sequence[Distributions], fused: Distributions, negative: np.ndarray) -> None:
        """Bitonic merge of (8, n) ascending and descending bits, into `_merged` by `_ROW`.

        Args:
            sources: Chunks of the sources.
            fused: Chunk of the other one, whose bits are tagged.
            negative: (sources, N) -1 where the lower bound is wanted: the upper one with the other one in reverse.
        """
        straight, turned = self._straight.view(np.int32), self._turned.view(np.int32)
        np.bitwise_or(fused.cumulative.view(np.int32)[::-1], _TAG, out=straight)
        np.subtract(_ALMOST_ONE, fused.cumulative, out=self._turned)
        turned |= _TAG
        turned ^= straight
        other = self._probabilities[:_INNER].view(np.int32)
        for source, sign, (smaller, larger) in zip(sources, negative, self._first):
            np.bitwise_and(turned, sign, out=other)
            other ^= straight
            mine = source.cumulative.view(np.int32)
            np.minimum(mine, other, out=smaller)
            np.maximum(mine, other, out=larger)
        for first, second, smaller, larger in self._merging:
            np.minimum(first, second, out=smaller)
            np.maximum(first, second, out=larger)

    def _change(self, weight: np.ndarray, rest: np.ndarray) -> np.ndarray:
        """(n,) by how much the sum of v log2 |v| over the cells of the bound changes by it.

        A mixture weight above 1 makes some cells negative; like the authors' code, which keeps the real part of the
        logarithm, they enter with their magnitude in it.
        """
        cells, widths = self._find_cells(), self._find_widths()
        cells *= rest
        widths *= weight
        widths += cells
        change = _sum_of_logarithms(widths, self._logarithms)
        change -= _sum_of_logarithms(cells, self._logarithms)
        return change

    def _find_cells(self) -> np.ndarray:
        """Of each piece, the product of the probabilities: of the distances between the ends around it."""
        merged, size = self._merged.view(np.int32), self._merged.shape[1]
        self._begins[0], self._ends[_MERGED] = 0, 1
        ends = self._ends[:_MERGED].view(np.int32)
        # A sign where an end belongs to the other one: no number to either of the scans.
        mine, other = ends[:, :size], ends[:, size:]
        np.left_shift(merged, _TO_SIGN, out=mine)
        mine |= merged
        np.bitwise_xor(mine, _SIGN, out=other)
        for one, two, highest in self._forward:
            np.maximum(one, two, out=highest)
        for one, two, lowest in self._backward:
            np.minimum(one, two, out=lowest)
        distances = np.subtract(self._ends, self._begins, out=self._ends)
        return np.multiply(distances[:, :size], distances[:, size:], out=self._cells)

    def _find_widths(self) -> np.ndarray:
        self._widths[0] = self._merged[0]
        for end, begin, width in self._differences:
            np.subtract(end, begin, out=width)
        return self._widths


def _sum_of_logarithms(values: np.ndarray, work: np.ndarray) -> np.ndarray:
    np.abs(values, out=work)
    work += TINY  # nothing times its logarithm is nothing
    np.log2(work, out=work)
    return np.einsum("kn,kn->n", values, work)


def _rows(number: int, size: int) -> np.ndarray:
    # Apart, for the same reason as `_ROW`.
    return np.empty(number * size + 64, np.float32)[64:].reshape(number, size)
