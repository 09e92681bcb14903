// After a refused form the summary of errors is where reading starts.
document.querySelector("[data-focus]")?.focus();
