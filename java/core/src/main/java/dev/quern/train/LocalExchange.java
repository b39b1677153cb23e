package dev.quern.train;

import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.List;

/** An exchange with replicas that run sequentially in this process. */
record LocalExchange(Trainer worker, List<? extends Dataset> parts) implements GradientExchange {
  private static final String NAME = "gradient exchange";

  LocalExchange {
    Require.present(NAME, "worker", worker);
    parts = Require.all(NAME, "parts", parts);
    if (parts.isEmpty()) {
      throw new InvalidArgumentException(NAME + ": the list of parts is empty");
    }
  }

  @Override
  public String name() {
    return parts.get(0).name();
  }

  @Override
  public List<Integer> sizes() {
    return parts.stream().map(Dataset::size).toList();
  }

  @Override
  public Contribution round(Round round) {
    Contribution sum = Contribution.NONE;
    for (int i = 0; i < parts.size(); i++) {
      sum = sum.plus(worker.contribute(round, i, parts.get(i)));
    }
    return sum;
  }
}
