"""What a reporting tool reads about people."""

from uuid import uuid4


def test_a_learner_is_found_by_e_mail_in_another_spelling(ask, add_learner):
    alice = add_learner("Alice", ("mbox", "", "Alice@Example.org"))
    add_learner("Bob", ("mbox", "", "bob@example.org"))

    answer = ask("/api/v1/learners", identifier="mailto:ALICE@example.org").json

    assert answer["has_more"] is False
    assert answer["data"] == [
        {
            "id": str(alice),
            "name": "Alice",
            "status": "active",
            "created_at": "2026-03-01T09:30:00Z",
            "identifiers": [{"kind": "mbox", "value": "Alice@Example.org", "scope": ""}],
            "merged": [],
        }
    ]


def test_a_learner_is_found_by_the_account_of_a_system(ask, add_learner):
    alice = add_learner("Alice", ("account", "https://lms.example.org", "42"))
    add_learner("Bob", ("account", "https://other.example.org", "42"))

    answer = ask("/api/v1/learners", identifier="account:https://lms.example.org|42").json

    assert [row["id"] for row in answer["data"]] == [str(alice)]


def test_a_name_that_nobody_has_is_an_empty_list(ask):
    answer = ask("/api/v1/learners", identifier="mailto:nobody@example.org")

    assert (answer.status_code, answer.json["data"]) == (200, [])


def test_a_text_that_is_no_name_is_refused_with_the_forms_that_are(ask):
    for text in ("a@b.org", "mailto:", "mailto:nobody", "account:|", "phone:1", "mailto:a\0@b.org"):
        answer = ask("/api/v1/learners", identifier=text)

        assert answer.status_code == 422
        assert answer.json["errors"][0]["pointer"] == "/query/identifier"
        assert "mailto:name@example.org" in answer.json["errors"][0]["detail"]


def test_the_list_has_every_learner_once_and_no_merged_or_erased_one(ask, add_learner):
    learners = {str(add_learner(f"L{number}")) for number in range(5)}
    add_learner("gone", status="erased")
    survivor = add_learner("survivor")
    add_learner("merged", status="merged", merged_into=survivor)

    rows, cursor = [], {}
    while True:
        answer = ask("/api/v1/learners", limit=2, **cursor).json
        rows += answer["data"]
        if not answer["has_more"]:
            break
        cursor = {"cursor": answer["next_cursor"]}

    assert sorted(row["id"] for row in rows) == sorted(learners | {str(survivor)})


def test_a_merged_learner_answers_with_the_survivor_and_names_all_that_became_part_of_it(
    ask, add_learner
):
    survivor = add_learner("Alice")
    middle = add_learner("A. Smith", status="merged", merged_into=survivor)
    oldest = add_learner("Alice S.", status="merged", merged_into=middle)

    answer = ask(f"/api/v1/learners/{oldest}").json

    assert answer["id"] == str(survivor)
    assert answer["status"] == "active"
    assert sorted(answer["merged"]) == sorted([str(middle), str(oldest)])


def test_an_unknown_learner_is_a_404(ask):
    answer = ask(f"/api/v1/learners/{uuid4()}")

    assert (answer.status_code, answer.json["type"]) == (
        404,
        "urn:problem-type:learning-record-hub:not_found",
    )
