package dev.quern.tests;

import java.lang.reflect.Field;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The rows of the manual's table of ONNX operators, from the tables of the importer. */
final class OnnxRows {
  private OnnxRows() {}

  static String rows() throws ReflectiveOperationException {
    Set<String> layers = keys("dev.quern.onnx.lower.Rules", "TABLE");
    Set<String> constants = keys("dev.quern.onnx.fold.Fold", "RULES");
    constants.removeAll(layers);
    return "| "
        + String.join(", ", layers)
        + " | folded if their inputs are constant; otherwise they become layers |\n"
        + "| "
        + String.join(", ", constants)
        + " | folded if their inputs are constant |\n";
  }

  /** The operators of a table that is private to the importer. */
  private static Set<String> keys(String type, String name) throws ReflectiveOperationException {
    Field field = Class.forName(type).getDeclaredField(name);
    field.setAccessible(true);
    Set<String> names = new TreeSet<>();
    for (Object key : ((Map<?, ?>) field.get(null)).keySet()) {
      if (Character.isUpperCase(((String) key).charAt(0))) { // others are variants of an operator
        names.add((String) key);
      }
    }
    return names;
  }
}
