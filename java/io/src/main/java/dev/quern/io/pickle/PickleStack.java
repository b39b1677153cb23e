package dev.quern.io.pickle;

import dev.quern.error.FormatException;
import java.util.ArrayList;
import java.util.List;

/** The stack of a pickle's program: values, and marks where a collection of them begins. */
final class PickleStack {
  private static final Object MARK = new Object();

  private final List<Object> values = new ArrayList<>();

  void push(Object valueOrNull) {
    values.add(valueOrNull);
  }

  void pushMark() {
    values.add(MARK);
  }

  /**
   * @return null where the pickle has None
   */
  Object pop() {
    Object top = peek();
    values.remove(values.size() - 1);
    return top;
  }

  /**
   * @return null where the pickle has None
   */
  Object peek() {
    Object top = values.isEmpty() ? MARK : values.get(values.size() - 1);
    if (top == MARK) {
      throw new FormatException("an operation lacks a value to work on");
    }
    return top;
  }

  /** The topmost values, the lowest first. */
  Object[] pop(int count) {
    Object[] popped = new Object[count];
    for (int i = count - 1; i >= 0; i--) {
      popped[i] = pop();
    }
    return popped;
  }

  /** The values above the last mark, which goes too. */
  Object[] popToMark() {
    int mark = values.lastIndexOf(MARK); // a value's equals is never asked: it is MARK's that is
    if (mark < 0) {
      throw new FormatException("an operation lacks the mark where its values begin");
    }
    List<Object> above = values.subList(mark + 1, values.size());
    Object[] popped = above.toArray();
    above.clear();
    values.remove(mark);
    return popped;
  }
}
