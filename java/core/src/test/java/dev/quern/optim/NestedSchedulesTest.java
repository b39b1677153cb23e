package dev.quern.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** F6: nesting is bounded and takes linear time. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NestedSchedulesTest {
  @Test
  void minusZeroIsZero() {
    Schedule minus = Schedule.cosine(-0.0);
    assertThat(minus).isEqualTo(Schedule.cosine(0)).hasToString("cosine");
    assertThat(Schedule.parse(minus.toString())).isEqualTo(minus);
  }

  private static final List<UnaryOperator<Schedule>> WRAPPERS =
      List.of(
          s -> Schedule.warmUp(1, s),
          s -> Schedule.warmUpFraction(0.5, s),
          Schedule::byEpoch,
          s -> Schedule.sequence(List.of(s, s), 1));

  private static Schedule nested(UnaryOperator<Schedule> wrapper, int depth) {
    Schedule s = Schedule.constant();
    for (int i = 0; i < depth; i++) {
      s = wrapper.apply(s);
    }
    return s;
  }

  @Test
  void deepTextsAreReadAtOnce() {
    String text = "warmup:1,".repeat(60) + "constant";
    Schedule s = Schedule.parse(text);
    assertThat(s.text()).contains(text);
    assertThat(s).hasToString(text);
    assertThat(Schedule.parse(text)).isEqualTo(s).hasSameHashCodeAs(s);
    assertThat(s.factor(new Schedule.Position(3, 100, 10))).isFinite();
  }

  @Test
  void sharedPartsAreDescribedOnce() {
    Schedule s = nested(x -> Schedule.sequence(List.of(x, x), 1), 4);
    assertThat(Schedule.parse(s.toString())).isEqualTo(s);
  }

  @Test
  void depthIsBounded() {
    for (UnaryOperator<Schedule> wrapper : WRAPPERS) {
      assertThatThrownBy(() -> nested(wrapper, 100_000))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("schedule");
    }
    for (String text :
        List.of(
            "warmup:1,".repeat(200) + "constant",
            "by-epoch:".repeat(200) + "constant",
            "(".repeat(990) + "constant" + ")".repeat(990))) {
      assertThatThrownBy(() -> Schedule.parse(text)).isInstanceOf(InvalidArgumentException.class);
    }
  }

  @Test
  void widthIsBounded() {
    List<Schedule> parts = new ArrayList<>();
    int[] milestones = new int[99_999];
    for (int i = 0; i < 100_000; i++) {
      parts.add(Schedule.constant());
      if (i > 0) {
        milestones[i - 1] = i;
      }
    }
    assertThatThrownBy(() -> Schedule.sequence(parts, milestones))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void aPartOfTheCallersOwnHasNoText() {
    Schedule own = at -> 1;
    assertThat(Schedule.warmUp(1, own).text()).isEmpty();
    assertThat(Schedule.warmUp(1, own).toString()).startsWith("warmup:1,");
  }
}
