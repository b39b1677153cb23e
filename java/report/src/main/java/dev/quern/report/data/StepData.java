package dev.quern.report.data;

/**
 * One or more consecutive training steps, as a point of a curve.
 *
 * @param at the position of the last step, in epochs: 1.5 is the middle of the second epoch
 * @param loss the mean loss of the steps
 * @param lr the learning rate of the last step
 */
public record StepData(double at, double loss, double lr) {}
