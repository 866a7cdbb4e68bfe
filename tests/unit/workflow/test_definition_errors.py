"""What is wrong, in words."""

from workflow.definition.errors import DefinitionError, Problem, did_you_mean, nearest


def problem(**given):
    return Problem(**{"file": "process.yaml", "line": 3, "column": 7, "code": "some_code", "message": "So.", **given})


def test_a_problem_is_one_line_that_editors_can_follow():
    """`file:line:column: code: sentence`; without lines, what came from the database names the file only."""
    assert str(problem()) == "process.yaml:3:7: some_code: So."
    assert str(problem(line=0, column=0)) == "process.yaml: some_code: So."


def test_an_error_holds_all_problems_and_tells_each_in_a_line():
    """The command line prints it as it is."""
    error = DefinitionError([problem(), problem(line=9)])
    assert [p.line for p in error.problems] == [3, 9]
    assert str(error).splitlines() == ["process.yaml:3:7: some_code: So.", "process.yaml:9:7: some_code: So."]


def test_a_misspelt_name_is_told_with_the_nearest_one():
    """A far one is not guessed at; what is known is listed instead, up to a dozen names."""
    assert nearest("opertaor", ["operator", "signer"]) == "operator"
    assert nearest("zzz", ["operator", "signer"]) == ""
    assert did_you_mean("opertaor", ["operator", "signer"]) == "did you mean `operator`?"
    assert did_you_mean("zzz", ["b", "a"]) == "known here: `a`, `b`."
    assert did_you_mean("zzz", []) == "none is known here."
    assert did_you_mean("zzz", [f"name{n:02}" for n in range(13)]).endswith("`name11` and more.")
