"""Slow, independent metrics: each written from its equation, pixel by pixel where it is short.

They share nothing with the package. Images are float64 arrays of whole gray levels.
"""

import math

import numpy as np
from scipy.signal import convolve2d, correlate2d


def gaussian_window(size, sigma):
    offset = np.arange(size) - (size - 1) / 2
    window = np.exp(-(offset[:, None] ** 2 + offset[None] ** 2) / (2 * sigma**2))
    return window / window.sum()


def entropy(f):
    counts = {}
    for value in f.ravel():
        counts[value] = counts.get(value, 0) + 1
    return -sum(n / f.size * math.log2(n / f.size) for n in counts.values())


def joint_entropy(s, f):
    counts = {}
    for pair in zip(s.ravel(), f.ravel(), strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    return -sum(n / f.size * math.log2(n / f.size) for n in counts.values())


def mutual_information(s, f):
    return entropy(s) + entropy(f) - joint_entropy(s, f)


def cross_entropy(s, f):
    total = 0.0
    for level in range(256):
        p, q = (s == level).mean(), (f == level).mean()
        if p > 0 and q > 0:
            total += p * math.log2(p / q)
    return total


def spatial_frequency(f):
    rows = [(f[i, j] - f[i, j - 1]) ** 2 for i in range(f.shape[0]) for j in range(1, f.shape[1])]
    columns = [(f[i, j] - f[i - 1, j]) ** 2 for i in range(1, f.shape[0]) for j in range(f.shape[1])]
    return math.sqrt(np.mean(rows) + np.mean(columns))


def average_gradient(f):
    gy, gx = np.gradient(f)
    return np.sqrt((gx**2 + gy**2) / 2).sum() / ((f.shape[0] - 1) * (f.shape[1] - 1))


def edge_intensity(f):
    kernel = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]])
    padded = np.pad(f, 1, mode="edge")
    gy, gx = (convolve2d(padded, k, mode="valid") for k in (kernel, kernel.T))
    return np.sqrt(gx**2 + gy**2).mean()


def correlation(x, y):
    return np.corrcoef(x.ravel(), y.ravel())[0, 1]


def scd(a, b, f):
    return correlation(f - b, a) + correlation(f - a, b)


def statistics(s, f, window):
    mu_s, mu_f = (correlate2d(x, window, mode="valid") for x in (s, f))
    var_s = correlate2d(s * s, window, mode="valid") - mu_s**2
    var_f = correlate2d(f * f, window, mode="valid") - mu_f**2
    return mu_s, mu_f, var_s, var_f, correlate2d(s * f, window, mode="valid") - mu_s * mu_f


def ssim_map(s, f, window, c1=6.5025, c2=58.5225):
    mu_s, mu_f, var_s, var_f, cov = statistics(s, f, window)
    luminance = (2 * mu_s * mu_f + c1) / (mu_s**2 + mu_f**2 + c1)
    return luminance * (2 * cov + c2) / (var_s + var_f + c2)


def multiscale_ssim(s, f):
    score, weights = 1.0, (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
    window = gaussian_window(11, 1.5)
    for level, weight in enumerate(weights):
        _, _, var_s, var_f, cov = statistics(s, f, window)
        if level < 4:
            term = ((2 * cov + 58.5225) / (var_s + var_f + 58.5225)).mean()
        else:
            term = ssim_map(s, f, window).mean()
        score *= max(term, 0) ** weight
        s, f = (correlate2d(x, np.full((2, 2), 0.25), mode="valid")[::2, ::2] for x in (s, f))
    return score


def vif_terms(s, f, noise, mode="valid"):
    """Yield gain, information kept and information available of the windows of each scale."""
    for size in (17, 9, 5, 3):
        window = gaussian_window(size, size / 5)
        if size < 17:
            s, f = (correlate2d(x, window, mode=mode)[::2, ::2] for x in (s, f))
        mu_s, mu_f = (correlate2d(x, window, mode=mode) for x in (s, f))
        var_s = np.maximum(correlate2d(s * s, window, mode=mode) - mu_s**2, 0)
        var_f = np.maximum(correlate2d(f * f, window, mode=mode) - mu_f**2, 0)
        cov = correlate2d(s * f, window, mode=mode) - mu_s * mu_f
        gain = cov / (var_s + 1e-10)
        rest = var_f - gain * cov
        rest = np.where(gain < 0, var_f, rest)
        gain = np.where(gain < 0, 0, gain)
        rest = np.maximum(rest, 1e-10)
        yield gain, np.log10(1 + gain**2 * var_s / (rest + noise)), np.log10(1 + var_s / noise)


def vif(s, f, mode="valid"):
    terms = list(vif_terms(s, f, 2.0, mode))
    return sum(kept.sum() for _, kept, _ in terms) / sum(all_.sum() for _, _, all_ in terms)


def viff(a, b, f):
    score, noise = 0.0, 0.005 * 255**2
    levels = zip(vif_terms(a, f, noise), vif_terms(b, f, noise), strict=True)
    for weight, (of_a, of_b) in zip((1, 0, 0.15, 1), levels, strict=True):
        first = of_a[0] < of_b[0]
        kept = np.where(first, of_a[1], of_b[1]) + 1e-7
        available = np.where(first, of_a[2], of_b[2]) + 1e-7
        score += weight / 2.15 * kept.sum() / available.sum()
    return score


def sobel(x, mode, scale=1.0):
    h1 = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]]) * scale
    h3 = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) * scale
    if mode == "zero":
        return correlate2d(x, h3, mode="same"), correlate2d(x, h1, mode="same")
    padded = np.pad(x, 1, mode="reflect")
    return correlate2d(padded, h3, mode="valid"), correlate2d(padded, h1, mode="valid")


def qabf(a, b, f):
    def gradient(x):
        gx, gy = sobel(x, "zero")
        g, alpha = np.hypot(gx, gy), np.full(x.shape, math.pi / 2)
        for i, j in np.argwhere(gx != 0):
            alpha[i, j] = math.atan(gy[i, j] / gx[i, j])
        return g, alpha

    g_f, alpha_f = gradient(f)
    kept = total = 0.0
    for source in (a, b):
        g, alpha = gradient(source)
        for i, j in np.ndindex(*f.shape):
            if g[i, j] == g_f[i, j]:
                ratio = max(g[i, j], 1)
            else:
                ratio = min(g[i, j], g_f[i, j]) / max(g[i, j], g_f[i, j])
            turn = 1 - abs(alpha[i, j] - alpha_f[i, j]) / (math.pi / 2)
            q = 0.9994 / (1 + math.exp(-15 * (ratio - 0.5)))
            q *= 0.9879 / (1 + math.exp(-22 * (turn - 0.8)))
            kept += q * g[i, j]
            total += g[i, j]
    return kept / total


def petrovic(a, b, f):
    """Return loss and (Kumar's) artifacts."""
    pictures = {}
    for name, x in dict(a=a, b=b, f=f).items():
        gx, gy = sobel(x, "reflect", 1 / 8)
        pictures[name] = np.hypot(gx, gy), gx, gy
    lost = artifacts = total = 0.0
    g_f, gx_f, gy_f = pictures["f"]
    for i, j in np.ndindex(*f.shape):
        g_a, g_b = pictures["a"][0][i, j], pictures["b"][0][i, j]
        for name in "ab":
            g, gx, gy = (values[i, j] for values in pictures[name])
            larger = max(g, g_f[i, j])
            ratio = min(g, g_f[i, j]) / larger if larger > 0 else 0
            alpha, alpha_f = _angle(gx, gy), _angle(gx_f[i, j], gy_f[i, j])
            agreement = abs(abs(alpha - alpha_f) - math.pi / 2) * 2 / math.pi
            q_g = 0.9999 / (1 + math.exp(-19 * (ratio - 0.5)))
            q_a = 0.9995 / (1 + math.exp(-22 * (agreement - 0.5)))
            weight = g**1.5 if g >= 2 else 0.001
            missing = (1 - math.sqrt(q_g * q_a)) * weight
            total += weight
            if g_f[i, j] > g_a and g_f[i, j] > g_b:
                artifacts += missing
            else:
                lost += missing
    return lost / total, artifacts / total


def _angle(gx, gy):
    if gx == 0 and gy == 0:
        return 0.0
    return math.copysign(math.pi / 2, gx) if gy == 0 else math.atan(gx / gy)


def stretch(x):
    return np.round((x - x.min()) / (x.max() - x.min()) * 255)


def frequency_grid(shape, divisor):
    axes = []
    for side in shape:
        first = -(side // 2)
        axes.append((np.arange(side) + first) * 2 / side * side / divisor)
    return np.hypot(axes[0][:, None], axes[1][None])


def filter_frequencies(x, response):
    spectrum = np.fft.fftshift(np.fft.fft2(x)) * response
    return np.fft.ifft2(np.fft.ifftshift(spectrum)).real


def blocks(x, size=16):
    for i in range(0, x.shape[0], size):
        for j in range(0, x.shape[1], size):
            yield x[i : i + size, j : j + size]


def qcv(a, b, f):
    r = 0.144 * frequency_grid(f.shape, 8)
    sensitivity = 2.6 * (0.0192 + r) * np.exp(-(r**1.1))
    errors = weights = 0.0
    for source in (a, b):
        visible = filter_frequencies(stretch(source) - stretch(f), sensitivity)
        gx, gy = sobel(stretch(source), "zero")
        pairs = zip(blocks(visible), blocks(np.hypot(gx, gy)), strict=True)
        for block, edges in pairs:
            weight = (edges**5).sum()
            errors += weight * (block**2).sum() / 256
            weights += weight
    return errors / weights


def qcb(a, b, f):
    r = frequency_grid(f.shape, 30)
    sensitivity = np.exp(-((r / 15.387) ** 2)) - 0.7622 * np.exp(-((r / 1.3456) ** 2))
    grid = np.arange(-15, 16)
    squares = grid[:, None] ** 2 + grid[None] ** 2

    def contrast(x):
        seen = filter_frequencies(stretch(x), sensitivity)
        fine, coarse = (
            correlate2d(seen, np.exp(-squares / (2 * s * s)) / (2 * np.pi * s * s), mode="same")
            for s in (2, 4)
        )
        c = np.abs(fine / coarse - 1)
        return c**3 / (c**2 + 0.0001)

    c_a, c_b, c_f = contrast(a), contrast(b), contrast(f)
    q_a = np.minimum(c_a, c_f) / np.maximum(c_a, c_f)
    q_b = np.minimum(c_b, c_f) / np.maximum(c_b, c_f)
    share = c_a**2 / (c_a**2 + c_b**2)
    return (share * q_a + (1 - share) * q_b).mean()


def qm(a, b, f):
    score = 1.0
    for exponent in (2 / 3, 1 / 3):
        details = []
        for x in (a, b, f):
            p, q, r, s = x[::2, ::2], x[::2, 1::2], x[1::2, ::2], x[1::2, 1::2]
            details.append([(p + q - r - s) / 2, (p - q + r - s) / 2, (p - q - r + s) / 2])
        kept = total = 0.0
        for source in details[:2]:
            weight = sum(band**2 for band in source)
            similar = sum(np.exp(-np.abs(band - of_f)) for band, of_f in zip(source, details[2], strict=True))
            kept, total = kept + (similar * weight).sum(), total + weight.sum()
        score *= (kept / total) ** exponent
        a, b, f = ((x[::2, ::2] + x[::2, 1::2] + x[1::2, ::2] + x[1::2, 1::2]) / 2 for x in (a, b, f))
    return score


def qs(a, b, f):
    window = gaussian_window(11, 1.5)
    _, _, var_a, var_b, _ = statistics(a, b, window)
    share = var_a / (var_a + var_b)
    return (share * ssim_map(a, f, window) + (1 - share) * ssim_map(b, f, window)).mean()


def qy(a, b, f):
    window = gaussian_window(7, 1.5)
    _, _, var_a, var_b, _ = statistics(a, b, window)
    share = var_a / (var_a + var_b)
    of_sources, of_a, of_b = (ssim_map(x, y, window, 0, 0) for x, y in ((a, b), (a, f), (b, f)))
    weighted = share * of_a + (1 - share) * of_b
    return np.where(of_sources >= 0.75, weighted, np.maximum(of_a, of_b)).mean()


def fmi_window(s, f):
    """Nelsen's family on nine positions: s and f are 3x3 windows, read column by column."""
    if (s == f).all():
        return 1.0
    pdfs = []
    for x in (s.T.ravel(), f.T.ravel()):
        spread = x.max() - x.min()
        x = (x - x.min()) / spread if spread else np.ones(9)
        pdfs.append(x / x.sum())
    p, q = pdfs
    big_p, big_q = np.cumsum(p), np.cumsum(q)
    constant = np.ptp(p) < 1e-12 or np.ptp(q) < 1e-12
    c = 0.0 if constant else np.corrcoef(p, q)[0, 1]
    bound = np.zeros((10, 10))
    for i in range(9):
        for j in range(9):
            low = max(big_p[i] + big_q[j] - 1, 0)
            bound[i + 1, j + 1] = min(big_p[i], big_q[j]) if c >= 0 else low
    position = np.arange(9)
    sd_p, sd_q = (math.sqrt(max((position**2 @ x) - (position @ x) ** 2, 0)) for x in (p, q))
    covariance = (bound[1:, 1:] - np.outer(big_p, big_q)).sum()
    weight = c * sd_p * sd_q / covariance if sd_p * sd_q > 1e-9 and covariance else 0.0
    joint = weight * np.diff(np.diff(bound, axis=0), axis=1) + (1 - weight) * np.outer(p, q)
    entropies = [-(x[x > 0] * np.log2(x[x > 0])).sum() for x in (p, q)]
    cells = joint[joint != 0]
    joint_bits = -(cells * np.log2(np.abs(cells))).sum()
    return 2 * (sum(entropies) - joint_bits) / sum(entropies) if sum(entropies) else 0.0


def fmi(s, f):
    places = [(i, j) for i in range(s.shape[0] - 2) for j in range(s.shape[1] - 2)]
    return np.mean([fmi_window(s[i : i + 3, j : j + 3], f[i : i + 3, j : j + 3]) for i, j in places])


def phase_congruency(x):
    rows, columns = x.shape
    y_axis, x_axis = ((np.arange(n) - n // 2) / (n if n % 2 == 0 else n - 1) for n in (rows, columns))
    gx, gy = np.meshgrid(x_axis, y_axis)
    radius, theta = np.sqrt(gx**2 + gy**2), np.arctan2(-gy, gx)
    radius[rows // 2, columns // 2] = 1
    true_y, true_x = ((np.arange(n) - n // 2) / n for n in (rows, columns))
    true_radius = np.hypot(true_y[:, None], true_x[None])
    low_pass = 1 / (1 + (true_radius / 0.45) ** 30)
    spectrum = np.fft.fft2(x)
    total_energy = total_amplitude = 0
    xx = yy = xy = 0
    for o in range(6):
        angle = o * np.pi / 6
        ds = np.sin(theta) * np.cos(angle) - np.cos(theta) * np.sin(angle)
        dc = np.cos(theta) * np.cos(angle) + np.sin(theta) * np.sin(angle)
        spread = np.exp(-(np.abs(np.arctan2(ds, dc)) ** 2) / (2 * (np.pi / 6 / 1.2) ** 2))
        responses, kernels, filters = [], [], []
        for s in range(4):
            centre = 1 / (3 * 2.1**s)
            radial = np.exp(-(np.log(radius / centre) ** 2) / (2 * np.log(0.55) ** 2)) * low_pass
            radial[rows // 2, columns // 2] = 0
            transfer = np.fft.ifftshift(radial * spread)
            filters.append(transfer)
            kernels.append(np.fft.ifft2(transfer).real * math.sqrt(rows * columns))
            responses.append(np.fft.ifft2(spectrum * transfer))
        even, odd = sum(r.real for r in responses), sum(r.imag for r in responses)
        norm = np.sqrt(even**2 + odd**2) + 1e-4
        mean_even, mean_odd = even / norm, odd / norm
        energy = sum(
            r.real * mean_even + r.imag * mean_odd - np.abs(r.real * mean_odd - r.imag * mean_even)
            for r in responses
        )
        noise = np.median(np.abs(responses[0]) ** 2) / math.log(2) / (filters[0] ** 2).sum()
        squares = sum((k**2).sum() for k in kernels)
        products = sum((kernels[i] * kernels[j]).sum() for i in range(4) for j in range(i + 1, 4))
        tau = math.sqrt((2 * noise * squares + 4 * noise * products) / 2)
        threshold = (tau * math.sqrt(math.pi / 2) + 2 * math.sqrt((2 - math.pi / 2) * tau**2)) / 1.7
        energy = np.maximum(energy - threshold, 0)
        amplitudes = [np.abs(r) for r in responses]
        width = sum(amplitudes) / (np.max(amplitudes, axis=0) + 1e-4) / 4
        energy = energy / (1 + np.exp((0.5 - width) * 10))
        congruency = energy / sum(amplitudes)
        xx = xx + (congruency * math.cos(angle)) ** 2
        yy = yy + (congruency * math.sin(angle)) ** 2
        xy = xy + congruency**2 * math.cos(angle) * math.sin(angle)
        total_energy, total_amplitude = total_energy + energy, total_amplitude + sum(amplitudes)
    xx, yy, xy = xx / 3, yy / 3, xy / 6
    spread = np.sqrt(xy**2 + (xx - yy) ** 2) + 1e-4
    return total_energy / (total_amplitude + 1e-4), (xx + yy + spread) / 2, (xx + yy - spread) / 2


def qp(a, b, f):
    maps_a, maps_b, maps_f = phase_congruency(a), phase_congruency(b), phase_congruency(f)
    stronger = maps_a[0] > maps_b[0]
    masks = [maps_a[0] > 0.1, maps_b[0] > 0.1, np.maximum(maps_a[0], maps_b[0]) > 0.1]
    window = gaussian_window(11, 1.5)
    score = 1.0
    for of_a, of_b, of_f in zip(maps_a, maps_b, maps_f, strict=True):
        candidates = []
        for x, mask in zip((of_a, of_b, np.where(stronger, of_a, of_b)), masks, strict=True):
            x = x * mask
            mean_x, mean_f = (correlate2d(z, window, mode="same") for z in (x, of_f))
            cov = correlate2d(x * of_f, window, mode="same") - mean_x * mean_f
            var_x = correlate2d(x * x, window, mode="same") - mean_x**2
            var_f = correlate2d(of_f * of_f, window, mode="same") - mean_f**2
            ratio = (cov + 1e-4) / (np.sqrt(np.abs(var_x * var_f)) + 1e-4)
            candidates.append(np.where(mask, ratio, 0))
        score *= np.max(candidates, axis=0).sum() / masks[2].sum()
    return score
