"""Networks that come with the package take noise out of the source that has it, whichever it is."""

import numpy as np
import pytest
import torch

from mmfusion_distill.apis import get_model, list_models
from mmfusion_distill.data.generated_scenes import generate_pair
from mmfusion_distill.models.text.text_encoders import SentenceTextEncoder

#: Which source is noisy, and a text of it for a network that reads one.
NOISY = {
    "A": (0, "high_noise: The visible image carries strong noise over the whole frame."),
    "B": (1, "ir_noise: The infrared image carries strong noise over the whole frame."),
}


@pytest.fixture(scope="module", params=list_models())
def network(request):
    return get_model(request.param).eval()


@pytest.fixture(scope="module")
def clean():
    """A generated pair, (1, 3, H, W) and (1, 1, H, W)."""
    img_a, img_b = generate_pair(0, 96, 128)
    return [torch.from_numpy(image).float().permute(2, 0, 1)[None] / 255 for image in (img_a, img_b)]


@torch.no_grad()
def amounts_of(network, sources, text):
    """How far both sources are moved towards their medians."""
    found = []
    handle = network.head.noise_filter.register_forward_hook(lambda *call: found.append(call[2][0].tolist()))
    network(*sources, None if network.text_reader is None else SentenceTextEncoder().encode([[text]]))
    handle.remove()
    return found[0]


@pytest.mark.parametrize("name", NOISY)
def test_the_amount_of_the_noisy_source_is_above_the_other_one(network, clean, name):
    index, text = NOISY[name]
    noise = np.random.default_rng(0).normal(0, 25 / 255, clean[index].shape).astype(np.float32)
    noisy = list(clean)
    noisy[index] = (clean[index] + torch.from_numpy(noise)).clamp(0, 1)
    amounts = amounts_of(network, noisy, text)
    assert amounts[index] > amounts[1 - index]


@pytest.mark.parametrize("name", ["student", "tiny"])
def test_texture_is_not_filtered_and_noise_is(name):
    network = get_model(name).eval()
    visible, infrared = (
        torch.from_numpy(image).float().permute(2, 0, 1)[None] / 255 for image in generate_pair(0, 240, 320)
    )
    rng = np.random.default_rng(0)
    # Leaves below, a smooth sky above.
    leaves = np.tile(np.linspace(0.7, 0.5, 240)[:, None], (1, 320))
    leaves[120:] = 0.4 + 0.2 * rng.standard_normal((120, 320))
    leaves = torch.from_numpy(leaves.clip(0, 1)).float()[None, None].expand(-1, 3, -1, -1)
    grain = torch.from_numpy(rng.normal(0, 20 / 255, infrared.shape)).float()
    assert amounts_of(network, [leaves, infrared], "")[0] < 0.1
    assert amounts_of(network, [visible, infrared], "")[0] < 0.1
    assert amounts_of(network, [visible, (infrared + grain).clamp(0, 1)], "")[1] > 0.8
