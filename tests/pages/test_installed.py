"""Pages that can be installed, that ask nobody else for anything, and that run no script but ours."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.screens import PhoneScreen, Place, Watch

PAGES = {"portal": "我的就医码", "scanner": "扫码"}


@pytest.fixture
def plain(browser: Browser, street: Place, watched) -> Page:
    """A browser of today whose clock nobody touches."""
    return watched(browser.new_context(locale="zh-CN"), street).new_page()


@pytest.mark.parametrize("name", PAGES)
def test_the_browser_finds_nothing_that_keeps_the_page_from_being_installed(
    street: Place, plain: Page, name: str
) -> None:
    plain.goto(f"{street.address}/{name}/")
    plain.wait_for_function("() => navigator.serviceWorker.controller !== null")
    assert plain.title() == PAGES[name]
    browser = plain.context.new_cdp_session(plain)
    manifest = browser.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"] == f"{street.address}/{name}/manifest.webmanifest"
    found = [error["errorId"] for error in browser.send("Page.getInstallabilityErrors")["installabilityErrors"]]
    assert set(found) <= {"in-incognito"}, "a test's browser keeps nothing, and is told so"
    told = plain.evaluate("async url => (await fetch(url)).json()", manifest["url"])
    assert told["scope"] == told["start_url"] == f"/{name}/"
    for icon in told["icons"]:
        size = plain.evaluate(
            """async src => {
                const image = new Image();
                image.src = src;
                await image.decode();
                return `${image.naturalWidth}x${image.naturalHeight}`;
            }""",
            icon["src"],
        )
        assert icon["sizes"] in ("any", size)


@pytest.mark.parametrize(
    "path",
    ["portal/", "portal/appointments", "portal/book", "portal/bills", "portal/family", "portal/accesses", "scanner/"],
)
def test_every_script_of_a_page_is_asked_for_at_once(street: Place, plain: Page, path: str) -> None:
    PhoneScreen(plain, street).remember(street.newcomer())
    plain.goto(f"{street.address}/{path}")
    loaded = (
        "() => performance.getEntriesByType('resource').map(({name}) => name).filter(name => /[.]m?js$/.test(name))"
    )
    named = "() => [...document.querySelectorAll('link[rel=modulepreload], script')].map(({href, src}) => href ?? src)"
    scripts, asked = set(plain.evaluate(loaded)), set(plain.evaluate(named))
    assert {script for script in scripts if not script.endswith("/sw.js")} == asked


@pytest.mark.parametrize("name", PAGES)
def test_the_worker_keeps_the_whole_page_and_nothing_of_anybody(street: Place, plain: Page, name: str) -> None:
    plain.goto(f"{street.address}/{name}/")
    plain.wait_for_function("() => navigator.serviceWorker.controller !== null")
    scope = plain.evaluate("navigator.serviceWorker.ready.then(({scope}) => scope)")
    assert scope == f"{street.address}/{name}/"
    kept = plain.evaluate(
        """async () => {
            const names = await caches.keys();
            const kept = await Promise.all(names.map(async name => (await (await caches.open(name)).keys()).map(({url}) => url)));
            return kept.flat();
        }"""
    )
    loaded = plain.evaluate("performance.getEntriesByType('resource').map(({name}) => name)")
    scripts = {url for url in loaded if url.endswith((".js", ".mjs", ".css", ".wasm")) and not url.endswith("/sw.js")}
    assert len(scripts) > 10
    assert scripts <= set(kept)
    assert not [url for url in kept if "/api/" in url or "/.well-known/" in url or "/dev/" in url]


def test_a_page_that_would_ask_elsewhere_is_stopped_and_noticed(street: Place, browser: Browser) -> None:
    context = browser.new_context()
    watch, page = Watch(context, street.address), context.new_page()
    page.goto(f"{street.address}/portal/")
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    assert watch.complaints == []
    tries = """async () => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
        return [await fetch("https://example.org/").then(() => "asked", () => "stopped"), window.ran ?? "not run"];
    }"""
    assert page.evaluate(tries) == ["stopped", "not run"]
    with page.expect_event("pageerror"):
        page.evaluate("() => { setTimeout(() => { throw new Error('broken'); }); }")
    context.close()
    said = "\n".join(watch.complaints)
    assert "inline" in said
    assert "https://example.org" in said
    assert "broken" in said
