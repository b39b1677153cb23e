package dev.quern.onnx.lower;

import dev.quern.onnx.graph.Branch;
import dev.quern.onnx.graph.Refusal;
import java.util.Map;

/** Rules for control flow whose conditions are known at import. */
final class ControlRules {
  private ControlRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("If", ControlRules::branch);
    rules.put("Loop", s -> new Iterations(s).lower());
  }

  /** Replaces an If by the branch that its constant condition selects. */
  private static void branch(Site s) {
    boolean condition = s.constant(0, "the condition").scalar() != 0;
    Branch taken = s.attributes().branch(condition ? "then_branch" : "else_branch");
    if (taken == null) {
      throw new Refusal("the branch for " + condition + " is missing");
    }
    s.lowering().inline(taken);
    for (int i = 0; i < taken.outputs().size(); i++) {
      s.out(i, s.lowering().operand(taken.outputs().get(i)));
    }
  }
}
