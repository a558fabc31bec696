from desktop_app.gui.money_words import badge_of, with_mode


def test_g_01_a_button_says_whose_money_it_moves() -> None:
    assert with_mode("Place", badge_of("sim")) == with_mode("Place", badge_of("paper")) == "Place (paper)"
    assert with_mode("Place", badge_of("live")) == "Place with real money"
