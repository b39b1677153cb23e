package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.quern.layer.CustomLayer;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.LayerType;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.StochasticDepth;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Loss;
import dev.quern.network.LayerTypes;
import dev.quern.optim.CustomOptimizer;
import dev.quern.optim.Optimizer;
import dev.quern.tests.OperatorTable.Key;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** tests/OPERATORS.md has every operator, and no error above the bound. */
class OperatorsTest {
  /** Float32 reaches it, Muon by its chain of products, too. A row above it is a mistake. */
  private static final double BOUND = 2e-5;

  /** What users implement themselves. */
  private static final Set<Class<?>> CUSTOM =
      Set.of(CustomLayer.class, CustomLoss.class, CustomOptimizer.class);

  /** Constants, trained or not, compute nothing; other tests ask for exact results of the rest. */
  private static final Set<Class<?>> WITHOUT_ERRORS =
      Set.of(
          Constant.class,
          TrainableTensor.class,
          Dropout2d.class,
          StochasticDepth.class,
          QuantizedConv2d.class,
          QuantizedLinear.class);

  @BeforeEach
  void requireRows() {
    assumeThat(System.getProperty("quern.operators", "")).as("they are written now").isEmpty();
  }

  @Test
  void noRowIsAboveTheBound() {
    assertThat(Operators.isHeard()).as("JUnit's extension that tells tests apart").isTrue();
    assertThat(OperatorTable.read())
        .allSatisfy(
            (key, row) -> {
              assertThat(row.errors().reference()).isLessThanOrEqualTo(BOUND);
              assertThat(row.errors().pyTorch()).isLessThanOrEqualTo(BOUND);
            });
  }

  @Test
  void everyOperatorHasARow() {
    Set<String> rows =
        OperatorTable.read().keySet().stream()
            .map(Key::operator)
            .map(OperatorsTest::plain)
            .collect(Collectors.toSet());
    Stream<Class<?>> layers =
        LayerTypes.all().stream()
            .map(LayerType::layer)
            .filter(c -> !Activation.class.isAssignableFrom(c)) // tested by their list
            .flatMap(OperatorsTest::types);
    Stream<Class<?>> others = Stream.of(Loss.class, Optimizer.class).flatMap(OperatorsTest::types);
    assertThat(Stream.concat(layers, others))
        .extracting(type -> plain(type.getSimpleName()))
        .isSubsetOf(rows);
  }

  private static String plain(String name) {
    return name.replace("_", "").toLowerCase(Locale.ROOT);
  }

  /** The classes that a sealed type permits. */
  private static Stream<Class<?>> types(Class<?> type) {
    return type.isSealed()
        ? Stream.of(type.getPermittedSubclasses()).flatMap(OperatorsTest::types)
        : CUSTOM.contains(type) || WITHOUT_ERRORS.contains(type) ? Stream.empty() : Stream.of(type);
  }
}
