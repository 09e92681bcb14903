// The sum of the weights, the quorum in people, and what was changed in the matrix; the server judges all of it again.
document.addEventListener("DOMContentLoaded", () => {
  const sum = document.querySelector("[data-weight-sum]");
  if (sum) {
    const count = () => {
      let total = 0;
      document.querySelectorAll("[data-weight]").forEach((field) => (total += Number.parseInt(field.value, 10) || 0));
      sum.textContent = total;
      sum.closest(".desk-sum").toggleAttribute("data-wrong", total !== 100);
    };
    document.addEventListener("input", count);
    count();
  }
  const quorum = document.querySelector("[data-quorum]");
  const share = document.querySelector("[name=quorum_percent]");
  if (quorum && share) {
    const members = Number(quorum.dataset.quorum);
    share.addEventListener("input", () => {
      const percent = Number.parseInt(share.value, 10);
      if (percent >= 0 && percent <= 100) {
        quorum.textContent = Math.min(members, Math.floor((members * percent) / 100) + 1);
      }
    });
  }
  document.querySelectorAll(".desk-matrix select").forEach((field) => {
    const mark = () => field.toggleAttribute("data-changed", !field.selectedOptions[0]?.defaultSelected);
    field.addEventListener("change", mark);
  });
});
