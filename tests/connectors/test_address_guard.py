"""What a refused address suggests to the operator."""

import pytest

from connectors.address_guard import AddressGuard, AddressRefused


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("127.0.0.1", "127.0.0.0/8"),
        ("10.2.3.4", "10.2.3.4/32"),
        ("::ffff:10.2.3.4", "10.2.3.4/32"),
        ("fd00::1", "fd00::1/128"),
    ],
)
def test_a_refusal_knows_the_network_that_would_have_to_be_allowed(address, network):
    assert AddressRefused("lms", address).network == network
    assert AddressGuard([network]).permits(address)


def test_a_refusal_that_nothing_can_lift_suggests_nothing():
    assert AddressRefused("lms", "169.254.169.254").network == ""
