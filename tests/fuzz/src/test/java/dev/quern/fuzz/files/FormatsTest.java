package dev.quern.fuzz.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.fuzz.Attack;
import dev.quern.io.NetworkJson;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The attack reaches every format, and what lies behind its checks. */
class FormatsTest {
  private static final int CASES = 4000;

  @TempDir Path temp;

  /** Of each format so many in 100 files are accepted at least, and so many refused. */
  private static final Map<String, Integer> LEAST =
      Map.ofEntries(
          Map.entry("safetensors", 5),
          Map.entry("dataset", 5),
          Map.entry("checkpoint", 15),
          Map.entry("model", 8),
          Map.entry("network", 5),
          Map.entry("idx", 10),
          Map.entry("cifar10", 5),
          Map.entry("svhn", 10),
          Map.entry("numpy", 5),
          Map.entry("schedule", 10),
          Map.entry("image", 10),
          Map.entry("tar", 3),
          Map.entry("boxes", 3),
          Map.entry("tuning", 90),
          Map.entry("text", 10),
          Map.entry("foreign", 20),
          Map.entry("folder", 10),
          Map.entry("command", 2),
          Map.entry("download", 10));

  @Test
  @Tag("full")
  void everyFormatIsAcceptedAndRefused() throws Exception {
    Formats formats = Formats.in(temp);
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < CASES; i++) {
      byte[] decisions = new byte[8 + random.nextInt(250)];
      random.nextBytes(decisions);
      attack(formats, decisions);
    }
    Map<String, Formats.Count> counts = new TreeMap<>(formats.counts());
    assertThat(counts.keySet()).isEqualTo(new TreeMap<>(LEAST).keySet());
    counts.forEach(
        (name, c) -> {
          long wanted = c.files() * LEAST.get(name) / 100;
          assertThat(c.files()).as("files of %s", name).isPositive();
          assertThat(c.accepted()).as("accepted of %s", name).isGreaterThanOrEqualTo(wanted);
          if (!name.equals("tuning")) {
            assertThat(c.accepted()).as("accepted of %s", name).isLessThan(c.files());
          }
        });
  }

  /** Findings are SmokeTest's. */
  private static void attack(Formats formats, byte[] decisions) {
    try {
      formats.attack(decisions);
    } catch (Attack.Finding | StackOverflowError | OutOfMemoryError e) {
      // counted as refused
    } catch (Exception e) {
      // so is this
    }
  }

  @Test
  void theSameBytesAreTheSameCase() throws Exception {
    byte[] decisions =
        "the plainest case of them all".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    String twice = JsonText.mutate(Bases.NETWORKS.get(0), new Dice(decisions));
    assertThat(JsonText.mutate(Bases.NETWORKS.get(0), new Dice(decisions))).isEqualTo(twice);
    assertThat(twice).isNotEqualTo(Bases.NETWORKS.get(0));
  }

  /** What lies behind the checks is reached from descriptions that pass them. */
  @Test
  void networksToBeginWithAreAccepted() {
    assertThat(Bases.NETWORKS)
        .allSatisfy(text -> assertThat(NetworkJson.read(text).output()).isNotNull());
  }

  @Test
  void diceEndWithThePlainestChoices() {
    Dice dice = new Dice(new byte[] {5, 1, 2});
    assertThat(dice.below(4)).isEqualTo(1);
    assertThat(dice.below(1000)).isEqualTo(258);
    assertThat(dice.below(1000)).isZero();
    assertThat(dice.oneIn(2)).isFalse();
    assertThat(dice.literal(9)).isEmpty();
  }
}
