package dev.quern.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TerminalTest {
  @AfterEach
  void forget() {
    System.clearProperty("quern.terminal");
    System.clearProperty("quern.columns");
  }

  /** A console of JDK 22 and later, which there is without a terminal, too. */
  public record Told(boolean isTerminal) {}

  /** A console up to JDK 21, which there is on a terminal only. */
  public record Silent() {}

  /** One whose answer cannot be had. */
  public record Broken() {
    public boolean isTerminal() {
      throw new IllegalStateException("no answer");
    }
  }

  @Test
  void aConsoleIsNoTerminalYet() {
    assertThat(Terminal.isTerminal(Told.class, new Told(true))).isTrue();
    assertThat(Terminal.isTerminal(Told.class, new Told(false))).isFalse();
    assertThat(Terminal.isTerminal(Told.class, null)).isFalse();
    assertThat(Terminal.isTerminal(Silent.class, new Silent())).isTrue();
    assertThat(Terminal.isTerminal(Silent.class, null)).isFalse();
    assertThat(Terminal.isTerminal(Broken.class, new Broken())).isFalse();
  }

  @Test
  void theLauncherKnowsBetterThanTheJvm() {
    assertThat(Terminal.isWatched("true", "dumb", () -> false)).isTrue();
    assertThat(Terminal.isWatched("false", "xterm", () -> true)).isFalse();
    assertThat(Terminal.isWatched(null, "xterm", () -> true)).isTrue();
    assertThat(Terminal.isWatched(null, null, () -> true)).isTrue();
    assertThat(Terminal.isWatched(null, "xterm", () -> false)).isFalse();
    assertThat(Terminal.isWatched(null, "dumb", () -> true)).isFalse();
    System.setProperty("quern.terminal", "true");
    assertThat(Terminal.isWatched()).isTrue();
    System.setProperty("quern.terminal", "false");
    assertThat(Terminal.isWatched()).isFalse();
  }

  @Test
  void columns() {
    System.setProperty("quern.columns", "132");
    assertThat(Terminal.columns()).isEqualTo(132);
    System.setProperty("quern.columns", "0");
    assertThat(Terminal.columns()).isEqualTo(40);
    System.setProperty("quern.columns", "");
    assertThat(Terminal.columns()).isEqualTo(80);
  }
}
