package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Conv2dPass;
import dev.quern.eager.Eager;
import dev.quern.engine.Engine;
import dev.quern.layer.activation.Relu;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Runs passes of operators and asserts by name that a native implementation of each ran. */
final class Passes {
  private final List<String> names = new ArrayList<>();
  private final Object description;

  /** Of an operator without options. */
  Passes() {
    this(null);
  }

  /**
   * @param description the layer, loss or optimizer, whose options the table of operators names
   */
  Passes(Object description) {
    this.description = description;
  }

  /**
   * Runs one pass.
   *
   * @param operator what {@link Engine#lastImplementation()} must begin with afterwards
   */
  <T> T run(String operator, Supplier<T> pass) {
    return run(operator, operator, pass);
  }

  /**
   * Runs one pass.
   *
   * @param row of the table of operators; null for none
   */
  <T> T run(String operator, String row, Supplier<T> pass) {
    runAnother(operator);
    T result = pass.get();
    String name = Engine.lastImplementation();
    assertThat(name).as("implementation that ran").startsWith(operator + ":");
    names.add(name);
    if (row != null) {
      Operators.running(row, description);
    }
    return result;
  }

  void run(String operator, Runnable pass) {
    run(
        operator,
        () -> {
          pass.run();
          return null;
        });
  }

  /** So that the name found afterwards cannot be an earlier call's. */
  private static void runAnother(String operator) {
    try (Arena arena = new Arena()) {
      Tensor one = arena.tensor(Shape.of(1), 1);
      if (operator.equals("relu")) {
        new Sgd(0).step(one, one, null, true);
      } else {
        Eager.of(new Relu()).forward(one);
      }
    }
  }

  /** Runs {@code body} with that implementation of conv2d forced. */
  static void forcing(String implementation, Runnable body) {
    Conv2dPass.Forced forced = Conv2dPass.force(implementation);
    try {
      body.run();
    } finally {
      forced.close();
    }
  }

  /** The implementations that ran, in order. */
  List<String> names() {
    return List.copyOf(names);
  }

  void assertNoneIsReference() {
    assertThat(names).noneMatch(name -> name.contains("reference"));
  }
}
