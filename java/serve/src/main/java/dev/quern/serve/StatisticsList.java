package dev.quern.serve;

import dev.quern.serve.http.Log;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Passes statistics on to any number of receivers. An exception of a receiver is logged and not
 * thrown, because it would fail requests that do not depend on statistics. Thread-safe.
 */
final class StatisticsList implements BatchStatistics {
  private final List<BatchStatistics> all = new CopyOnWriteArrayList<>();

  void add(BatchStatistics receiver) {
    all.add(receiver);
  }

  void remove(BatchStatistics receiver) {
    all.removeIf(r -> r == receiver); // user code may define equals in any way
  }

  @Override
  public void ran(int samples, long nanos) {
    each(r -> r.ran(samples, nanos));
  }

  @Override
  public void waited(long nanos) {
    each(r -> r.waited(nanos));
  }

  @Override
  public void refused() {
    each(BatchStatistics::refused);
  }

  @Override
  public void late() {
    each(BatchStatistics::late);
  }

  @Override
  public void failed() {
    each(BatchStatistics::failed);
  }

  private void each(Consumer<BatchStatistics> call) {
    for (BatchStatistics receiver : all) {
      try {
        call.accept(receiver);
      } catch (RuntimeException | Error e) {
        Log.warn("serve: a receiver of statistics threw an exception", e);
      }
    }
  }
}
