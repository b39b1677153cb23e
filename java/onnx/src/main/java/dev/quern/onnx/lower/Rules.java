package dev.quern.onnx.lower;

import java.util.HashMap;
import java.util.Map;

/** The table of all operators that can be converted to layers. */
final class Rules {
  private static final Map<String, Rule> TABLE = new HashMap<>();

  static {
    ArithmeticRules.addTo(TABLE);
    AttentionRules.addTo(TABLE);
    ComposedRules.addTo(TABLE);
    ContribRules.addTo(TABLE);
    ControlRules.addTo(TABLE);
    ConvolutionRules.addTo(TABLE);
    EinsumRules.addTo(TABLE);
    FunctionRules.addTo(TABLE);
    MatrixRules.addTo(TABLE);
    NormRules.addTo(TABLE);
    PadRules.addTo(TABLE);
    PoolRules.addTo(TABLE);
    QuantizeRules.addTo(TABLE);
    RecurrentRules.addTo(TABLE);
    ReduceRules.addTo(TABLE);
    ResizeRules.addTo(TABLE);
    ShapeRules.addTo(TABLE);
    SignalRules.addTo(TABLE);
    SoftmaxRules.addTo(TABLE);
  }

  private Rules() {}

  static boolean knows(String op) {
    return TABLE.containsKey(op);
  }

  static Rule of(String op) {
    return TABLE.get(op);
  }
}
