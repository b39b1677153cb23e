package dev.quern.onnx.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The equation of an Einsum, applied to given inputs. A label is a letter, or stands for an axis of
 * an ellipsis; the axes of an ellipsis are numbered from the last one, and their labels sort before
 * letters.
 *
 * @param terms the labels of each input's axes
 * @param to the labels of the result's axes
 * @param sizes the size of the axes with each label
 */
public record Equation(List<List<Integer>> terms, List<Integer> to, Map<Integer, Long> sizes) {
  private static final String ELLIPSIS = "...";
  private static final String ARROW = "->";

  /**
   * Parses an equation.
   *
   * @throws Refusal if the text is not an equation, does not match the inputs, or selects a
   *     diagonal
   */
  public static Equation of(String text, List<Operand> operands) {
    String equation = text.replace(" ", "");
    String[] sides = equation.split(ARROW, -1);
    String[] each = sides[0].split(",", -1);
    if (sides.length > 2 || each.length != operands.size()) {
      throw new Refusal(
          "equation \"" + text + "\" must have a term for each of " + operands.size() + " inputs");
    }
    List<List<Integer>> terms = new ArrayList<>();
    Map<Integer, Long> sizes = new HashMap<>();
    int most = 0;
    for (int i = 0; i < each.length; i++) {
      long[] dims = operands.get(i).dims();
      int letters = each[i].replace(ELLIPSIS, "").length();
      int more = each[i].contains(ELLIPSIS) ? dims.length - letters : 0;
      List<Integer> labels = labels(each[i], Math.max(0, more));
      if (labels.size() != dims.length) {
        throw new Refusal(
            "\""
                + each[i]
                + "\" of the equation does not match an input of "
                + dims.length
                + " axes");
      }
      for (int axis = 0; axis < dims.length; axis++) {
        Long known = sizes.putIfAbsent(labels.get(axis), dims[axis]);
        if (known != null && known != dims[axis]) {
          throw new Refusal(
              "an axis of the equation has size "
                  + known
                  + " in one input, "
                  + dims[axis]
                  + " in another");
        }
      }
      terms.add(labels);
      most = Math.max(most, more);
    }
    List<Integer> to = sides.length > 1 ? labels(sides[1], most) : implied(terms);
    if (!sizes.keySet().containsAll(to)) {
      throw new Refusal("the equation's result has an axis that no input has");
    }
    return new Equation(terms, to, sizes);
  }

  private static List<Integer> labels(String term, int more) {
    List<Integer> all = new ArrayList<>();
    int dots = term.indexOf(ELLIPSIS);
    for (int i = 0; i < term.length(); i++) {
      if (i == dots) {
        for (int axis = more; axis > 0; axis--) {
          all.add(-axis);
        }
        i += ELLIPSIS.length() - 1;
      } else if (Character.isLetter(term.charAt(i))) {
        all.add((int) term.charAt(i));
      } else {
        throw new Refusal("\"" + term + "\" of the equation contains '" + term.charAt(i) + "'");
      }
    }
    if (all.stream().distinct().count() < all.size()) {
      throw new Refusal(
          "\"" + term + "\" of the equation takes a diagonal, which is not supported");
    }
    return all;
  }

  /**
   * Returns the labels of an implicit result: the axes of an ellipsis, then the letters that occur
   * once, sorted.
   */
  private static List<Integer> implied(List<List<Integer>> terms) {
    Map<Integer, Long> counts =
        terms.stream()
            .flatMap(List::stream)
            .collect(Collectors.groupingBy(l -> l, LinkedHashMap::new, Collectors.counting()));
    return counts.keySet().stream().filter(l -> l < 0 || counts.get(l) == 1).sorted().toList();
  }

  /** Returns the sizes of the axes with these labels. */
  public long[] dims(List<Integer> labels) {
    return labels.stream().mapToLong(sizes::get).toArray();
  }
}
