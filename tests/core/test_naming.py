from desktop_app.core.naming import free_name


def test_a_name_that_is_taken_gets_the_first_free_number() -> None:
    assert free_name("Dip", ()) == "Dip"
    assert free_name("Dip", ("Dip", "Dip 2")) == "Dip 3"
    assert len(free_name("x" * 80, ("x" * 80,))) <= 80
