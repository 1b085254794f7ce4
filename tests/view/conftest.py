"""What the tests of pictures and pages share."""

import pytest
from browsers import start


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    driver = start(tmp_path_factory.mktemp("browser"))
    yield driver
    driver.quit()
