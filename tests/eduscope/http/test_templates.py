import pytest

from eduscope.http.templates import of_django, spelled


@pytest.mark.parametrize(
    ("rule", "template"),
    [
        ("/courses/<course>", "/courses/{course}"),
        ("/courses/<int:course>/lessons/<path:rest>", "/courses/{course}/lessons/{rest}"),
        ('/<any("a:b", c):kind>', "/{kind}"),
        ("/<regex('[a-z]{2}'):lang>/", "/{lang}/"),
        ("courses/<uuid:pk>/", "/courses/{pk}/"),
        ("", "/"),
        ("/", "/"),
    ],
)
def test_parameters_stand_in_braces(rule: str, template: str) -> None:
    assert spelled(rule) == template


@pytest.mark.parametrize(
    ("route", "template"),
    [
        ("courses/<int:pk>/", "/courses/{pk}/"),
        (r"^articles/(?P<year>[0-9]{4})/$", "/articles/{year}/"),
        (r"^articles/(?P<year>[0-9]{4})/(?:page-(?P<page>\d+)/)?$", "/articles/{year}/page-{page}/"),
        (r"^old/([a-z]+)/(\d+)$", "/old/{var}/{var}"),
        (r"^plain\.html$", "/plain.html"),
        (r"^\d+/x\-y/[a-z]+\Z", "/{var}/x-y/{var}"),
        (r"^nested/(?P<path>(?:[a-z]+/)*(\d+)?)end$", "/nested/{path}end"),
        (r"^(?i:Case)/(?=look)look$", "/Case/look"),
        (r"^in/[(\]]/set$", "/in/{var}/set"),
        (r"^unclosed/(?P<a>x", "/unclosed/{a}"),
        (r"^)]", "/]"),
        (r"api/^v1/(?P<pk>[^/.]+)/$", "/api/v1/{pk}/"),
    ],
)
def test_regular_expressions_of_django_become_templates(route: str, template: str) -> None:
    assert of_django(route) == template
