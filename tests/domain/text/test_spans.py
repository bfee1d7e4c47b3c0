from monitor.domain.text.segments import FEW, Leaves, Match, matches_between, ordered


def match(start: int, end: int, *, head: int = -1) -> Match:
    return Match(start, end, ((start, end),), head)


def test_joined_matches_have_the_parts_of_both_and_share_words_once() -> None:
    whole = Match(0, 9, ((0, 2), (5, 9)), 5)
    assert match(0, 2).joined(match(5, 9, head=5)) == whole == match(0, 2, head=5).joined(match(5, 9))
    assert match(4, 9).merged(match(0, 3), match(4, 9), match(7, 12)) == Match(0, 12, ((0, 3), (4, 9)))


def test_matches_at_one_place_are_one_and_all_are_in_order() -> None:
    leaves = Leaves()
    assert leaves[2, 5] == match(2, 5)
    assert leaves[2, 5] is leaves[2, 5]
    first, second = match(3, 5, head=3), match(3, 5)
    assert ordered([match(7, 9), first, second, match(3, 4)]) == [match(3, 4), first, match(7, 9)]


def test_matches_between_two_places_begin_there_however_many_there_are() -> None:
    cases = [1, FEW, FEW + 1]
    for count in cases:
        matches = [match(at, at + 3) for at in range(count)]
        assert matches_between(matches, 0, count) == matches, count
        assert matches_between(matches, 1, count - 1) == matches[1 : count - 1], count
        assert matches_between(matches, count, count + 9) == [], count
