package dev.quern.train;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A listener that calls several listeners, as {@link TrainingListener#all} documents. */
final class AllListeners implements TrainingListener {
  private final List<TrainingListener> all;

  AllListeners(List<TrainingListener> all) {
    this.all = all;
  }

  @Override
  public void onBegin() {
    int begun = 0;
    try {
      for (TrainingListener l : all) {
        l.onBegin();
        begun++;
      }
    } catch (Throwable e) {
      try {
        toEach(all.subList(0, begun), l -> l.onEnd(null));
      } catch (Throwable later) {
        suppress(e, later);
      }
      throw e;
    }
  }

  @Override
  public void onStep(Step step) {
    all.forEach(l -> l.onStep(step));
  }

  @Override
  public void onMetric(Metric metric) {
    all.forEach(l -> l.onMetric(metric));
  }

  @Override
  public void onEpoch(History.Epoch epoch) {
    all.forEach(l -> l.onEpoch(epoch));
  }

  @Override
  public void onEnd(History.@Nullable StopReason stopReasonOrNull) {
    toEach(all, l -> l.onEnd(stopReasonOrNull));
  }

  /** Calls every listener even if one throws, then throws the first exception. */
  private static void toEach(List<TrainingListener> listeners, Consumer<TrainingListener> call) {
    Throwable first = null;
    for (TrainingListener l : listeners) {
      try {
        call.accept(l);
      } catch (Throwable e) {
        first = first == null ? e : suppress(first, e);
      }
    }
    if (first != null) {
      AllListeners.<RuntimeException>rethrow(first);
    }
  }

  /**
   * Adds a later exception to the first one as suppressed, unless both are the same object, since
   * an exception cannot suppress itself.
   */
  private static Throwable suppress(Throwable first, Throwable later) {
    if (first != later) {
      first.addSuppressed(later);
    }
    return first;
  }

  /**
   * Throws an exception unchanged, since listeners in other JVM languages may throw undeclared
   * checked exceptions.
   */
  @SuppressWarnings("unchecked") // the cast is not there at run time
  private static <T extends Throwable> void rethrow(Throwable e) throws T {
    throw (T) e;
  }
}
