"""Disclosure control: which counts are closed, and the attack that tries to work them out before readers can."""
