// The pages use the session cookie that /api/auth/login sets.
const API = "/api";
const CLIENT_VERSION = "3";

const $ = (selector) => document.querySelector(selector);

async function call(path, options = {}) {
  const response = await fetch(API + path, {
    credentials: "same-origin",
    ...options,
    headers: { "X-Client-Version": CLIENT_VERSION, ...options.headers },
  });
  if (response.status === 204) return null;
  const body = await response.json();
  if (!response.ok) throw new Error(body.error?.message ?? body.detail ?? response.statusText);
  return { body, headers: response.headers };
}

function send(method, path, data) {
  return call(path, {
    method,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(data),
  });
}

function list(target, rows) {
  $(target).replaceChildren(
    ...rows.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
  );
}

// --- pages ------------------------------------------------------------------

async function showOverview() {
  const [{ body: page }, { body: alerts }, { body: health }] = await Promise.all([
    call("/dashboard"),
    call("/dashboard/alerts"),
    call("/dashboard/health-score"),
  ]);
  $("#greeting").textContent = page.greeting;
  $("#net-worth").textContent = `${page.net_worth} ${page.summary.currency}`;
  $("#health").textContent = `${health.grade} (${health.score})`;
  list("#alerts", alerts.map((alert) => `${alert.level}: ${alert.message}`));
  list("#accounts", page.accounts.map((account) => `${account.name}: ${account.formatted}`));
}

let page = 1;

async function showTransactions({ append = false } = {}) {
  const filter = new FormData($("#filter"));
  const query = new URLSearchParams({ page, page_size: 25 });
  for (const [name, value] of filter) if (value) query.set(name, value);
  const { body, headers } = await call(`/transactions?${query}`);
  const rows = body.map((item) => {
    const row = document.createElement("tr");
    for (const value of [item.posted_on, item.merchant, item.category, item.formatted]) {
      row.insertCell().textContent = value;
    }
    row.lastChild.className = item.amount < 0 ? "amount negative" : "amount";
    return row;
  });
  if (append) $("#transactions").append(...rows);
  else $("#transactions").replaceChildren(...rows);
  $("#more").hidden = page >= Number(headers.get("X-Page-Count"));
}

async function showSpending() {
  const month = new FormData($("#filter")).get("month");
  const { body } = await call(`/analytics/spending?month=${month}`);
  list("#spending", body.categories.map((row) => `${row.name}: ${row.amount} (${row.share}%)`));
  const budgets = await (await fetch("/api/analytics/budgets")).json();
  list("#budgets", budgets.map((row) => `${row.name}: ${row.used}% used, ${row.state}`));
}

async function showFire() {
  try {
    const { body } = await call("/fire/number");
    $("#fire").textContent = `${body.progress}% of ${body.target}, ${body.years_left} years to go`;
  } catch (error) {
    $("#fire").textContent = error.message;
  }
}

async function showReports() {
  const { body } = await call("/reports");
  $("#reports").replaceChildren(
    ...body.map((report) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `/api/reports/${report.id}/bundle.zip`;
      link.textContent = report.title;
      const chart = document.createElement("img");
      chart.src = `/api/reports/${report.id}/chart.png`;
      chart.alt = "";
      item.append(link, chart);
      return item;
    }),
  );
}

async function showAssets() {
  const { body } = await call("/assets/allocation");
  list("#assets", body.slices.map((slice) => `${slice.kind}: ${slice.value} (${slice.share}%)`));
}

async function showAll() {
  await call("/auth/me");
  $("#login").hidden = true;
  $("#pages").hidden = $("#logout").hidden = false;
  await Promise.all([
    showOverview(), showTransactions(), showSpending(), showFire(), showReports(), showAssets(),
  ]);
}

// --- events -----------------------------------------------------------------

$("#login").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await send("POST", "/auth/login", Object.fromEntries(new FormData(event.target)));
    $("#login-error").textContent = "";
    await showAll();
  } catch (error) {
    $("#login-error").textContent = error.message;
  }
});

$("#logout").addEventListener("click", async () => {
  await call("/auth/logout", { method: "POST" });
  location.reload();
});

$("#filter").addEventListener("submit", async (event) => {
  event.preventDefault();
  page = 1;
  await Promise.all([showTransactions(), showSpending()]);
});

$("#more").addEventListener("click", () => {
  page += 1;
  return showTransactions({ append: true });
});

$("#calculator").addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = Object.fromEntries(new FormData(event.target));
  const { body } = await send("POST", "/fire/calculate", given);
  event.target.querySelector("output").textContent =
    `${body.target}, in ${body.years ?? "many"} years`;
});

showAll().catch(() => { $("#login").hidden = false; });
