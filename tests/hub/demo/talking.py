"""Plain HTTP callers of the simulated systems: no connector, only what the wire carries."""

import requests
from lxml import etree

from hub.demo.arlo_site import RESOURCES_PATH
from hub.demo.moodle_site import PATH
from scorm.xml import parse

TOKEN = "0123456789abcdef0123456789abcdef"
USERNAME, PASSWORD = "hub.service@example.org", "correct horse"


class Moodle:
    def __init__(self, url):
        self.url = url

    def post(self, function, settings=None, **arguments):
        settings = {"moodlewsrestformat": "json"} if settings is None else settings
        sent = {"wstoken": TOKEN, "wsfunction": function, **settings, **arguments}
        return requests.post(self.url + PATH, data=sent, timeout=5)

    def call(self, function, arguments=None, *, raw=True):
        settings = {"moodlewsrestformat": "json"}
        if raw:
            settings["moodlewssettingraw"] = "1"
        return self.post(function, settings, **(arguments or {})).json()


class Arlo:
    def __init__(self, url):
        self.url = url
        self.root = url + RESOURCES_PATH

    def get(self, path, *, auth=(USERNAME, PASSWORD), headers=None, **options):
        address = path if path.startswith("http") else self.root + path
        return requests.get(
            address, params=options, auth=auth, headers=headers, timeout=5, allow_redirects=False
        )

    def xml(self, path, **options) -> etree._Element:
        answer = self.get(path, **options)
        assert answer.status_code == 200, answer.text
        return parse(answer.content)

    def pages(self, path, **options):
        """Every page of a collection, along the `next` links."""
        page = self.xml(path, **options)
        yield page
        while (following := page.find("Link[@rel='next']")) is not None:
            page = self.xml(following.get("href"))
            yield page
