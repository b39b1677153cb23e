package dev.quern.fuzz.api;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** A list that has its elements when it is first read, and others, fewer or more later. */
final class FickleList extends AbstractList<Object> {
  private final Draw draw;
  private final List<Object> elements;
  private int reads;

  FickleList(Draw draw, List<?> elements) {
    this.draw = draw;
    this.elements = new ArrayList<>(elements);
  }

  /** What it has at this reading. */
  private synchronized List<Object> now() {
    if (reads++ == 0) {
      return elements;
    }
    List<Object> now = new ArrayList<>(elements);
    switch (draw.below(5)) {
      case 0 -> now.clear();
      case 1 -> now.addAll(elements);
      case 2 -> now.replaceAll(e -> null);
      case 3 -> now.replaceAll(e -> e instanceof Integer ? (Object) Integer.MAX_VALUE : e);
      default -> now.add(null);
    }
    return now;
  }

  @Override
  public Object get(int index) {
    List<Object> now = now();
    return index < now.size() ? now.get(index) : null;
  }

  @Override
  public int size() {
    return now().size();
  }

  @Override
  public Iterator<Object> iterator() {
    return now().iterator();
  }

  @Override
  public Object[] toArray() {
    return now().toArray();
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return "FickleList" + elements;
  }
}
