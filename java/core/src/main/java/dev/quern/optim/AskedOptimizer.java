package dev.quern.optim;

import dev.quern.error.UserCodeException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.UserCode;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A wrapper of a custom optimizer, which reads and validates the optimizer's properties once. */
final class AskedOptimizer implements CustomOptimizer {
  /** Maximum number of states, each of which needs as much memory as all weights. */
  private static final int MOST_STATES = 16;

  private final CustomOptimizer own;
  private final String type;
  private final String text;
  private final List<String> states;
  private final float lr;
  private final float weightDecay;

  private AskedOptimizer(CustomOptimizer own) {
    this.own = own;
    String named = UserCode.answer("optimizer: type of " + own.getClass().getName(), own::type);
    type = Names.inLine(named);
    text = UserCode.description(type, own);
    states = checked(asked("states", () -> new ArrayList<>(own.states())));
    lr = notNegative("lr", own::lr);
    weightDecay = notNegative("weight_decay", own::weightDecay);
  }

  /** Wraps a custom optimizer and reads its properties; returns a built-in optimizer unchanged. */
  static Optimizer of(Optimizer o) {
    return o instanceof CustomOptimizer own && !(o instanceof AskedOptimizer)
        ? new AskedOptimizer(own)
        : o;
  }

  private <T> T asked(String what, Supplier<T> answer) {
    return UserCode.answer(type + ": " + what, answer);
  }

  private float notNegative(String what, Supplier<Float> answer) {
    float value = asked(what, answer);
    Checks.notNegative(type, what, value);
    return value;
  }

  private List<String> checked(List<String> names) {
    if (names.size() > MOST_STATES) {
      throw new UserCodeException(type + ": it has more than " + MOST_STATES + " states", null);
    }
    for (String name : names) {
      if (name == null || !Names.isWord(name)) {
        String shown = name == null ? "null" : Names.inLine(name);
        throw new UserCodeException(
            type + ": state " + shown + " must be a name of letters, digits and _", null);
      }
    }
    if (new HashSet<>(names).size() < names.size()) {
      throw new UserCodeException(type + ": two states have the same name in " + names, null);
    }
    return List.copyOf(names);
  }

  @Override
  public String type() {
    return type;
  }

  @Override
  public List<String> states() {
    return states;
  }

  @Override
  public float lr() {
    return lr;
  }

  @Override
  public float weightDecay() {
    return weightDecay;
  }

  @Override
  public Optimizer withLr(float rate) {
    return of(asked("withLr", () -> own.withLr(rate)));
  }

  @Override
  public Optimizer withWeightDecay(float decay) {
    return of(asked("withWeightDecay", () -> own.withWeightDecay(decay)));
  }

  @Override
  public Optimizer forShape(Shape shape) {
    Optimizer chosen = asked("forShape", () -> own.forShape(shape));
    return chosen == own ? this : of(chosen);
  }

  @Override
  public void step(Step step) {
    UserCode.call(type + ": step of " + step.shape(), () -> own.step(step));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AskedOptimizer a && asked("equals", () -> own.equals(a.own));
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
