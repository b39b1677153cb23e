package dev.quern.io.pickle;

import dev.quern.error.FormatException;
import java.util.ArrayList;
import java.util.List;

/** The stack that a pickle's operations use: values, and marks at which collections begin. */
final class PickleStack {
  private static final Object MARK = new Object();

  private final List<Object> values = new ArrayList<>();

  void push(Object valueOrNull) {
    values.add(valueOrNull);
  }

  void pushMark() {
    values.add(MARK);
  }

  /** Removes and returns the top value; null for Python's None. */
  Object pop() {
    Object top = peek();
    values.remove(values.size() - 1);
    return top;
  }

  /** Returns the top value without removing it; null for Python's None. */
  Object peek() {
    Object top = values.isEmpty() ? MARK : values.get(values.size() - 1);
    if (top == MARK) {
      throw new FormatException("an operation pops an empty stack");
    }
    return top;
  }

  /** Removes and returns the top {@code count} values, lowest first. */
  Object[] pop(int count) {
    Object[] popped = new Object[count];
    for (int i = count - 1; i >= 0; i--) {
      popped[i] = pop();
    }
    return popped;
  }

  /** Removes and returns the values above the last mark, and removes the mark. */
  Object[] popToMark() {
    int mark = values.lastIndexOf(MARK); // calls the equals method of MARK, never that of a value
    if (mark < 0) {
      throw new FormatException("an operation needs a mark that is missing");
    }
    List<Object> above = values.subList(mark + 1, values.size());
    Object[] popped = above.toArray();
    above.clear();
    values.remove(mark);
    return popped;
  }
}
