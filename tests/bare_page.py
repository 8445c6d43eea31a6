"""A page of the site without a policy, in which a test may load the site's own modules."""


def open_bare_page(page, base_url):
    """Opens a blank page of the same origin: on the site's pages only scripts with the page's nonce are run."""
    address = f"{base_url}/a-page-of-the-tests"
    page.route(
        address, lambda route: route.fulfill(content_type="text/html", body="<title>T</title>")
    )
    page.goto(address)
