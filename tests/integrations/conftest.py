"""What do the tests of integrations share? `pytester`, which runs pytest inside a test."""

pytest_plugins = ["pytester"]
