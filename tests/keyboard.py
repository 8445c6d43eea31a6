"""A person who has no mouse."""


def press(page, name):
    """Goes to the button or link of this name with the tabulator alone, and presses it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == name:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"The tabulator does not reach {name}.")
